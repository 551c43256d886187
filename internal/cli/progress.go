package cli

import (
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/fredctl/fred/internal/term"
)

// soon is how long work must go on before its progress is shown: what ends at
// once should not flicker.
const soon = 500 * time.Millisecond

// progress shows on a terminal how far work has come. It is safe for concurrent
// use; nil shows nothing.
type progress struct {
	out   io.Writer
	width int

	mu    sync.Mutex
	began time.Time
	what  string
	bar   *progressbar.ProgressBar // of what; nil before it is shown
}

// newProgress returns nil where the stream of talk is no terminal that can take
// a line back, or where it has log lines.
func (f *Factory) newProgress() *progress {
	d := term.For(f.Err, f.noColor, f.Env)
	if !d.Terminal || f.Env("TERM") == "dumb" || f.verbose > 0 {
		return nil
	}
	return &progress{out: f.Err, width: d.Width, began: time.Now()}
}

// tell shows that done of total things are what says.
func (p *progress) tell(what string, done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.began) < soon || total > 0 && done >= total && p.bar == nil {
		return
	}
	if p.bar == nil || p.what != what {
		p.wipe()
		p.what, p.bar = what, p.newBar(what, total)
	}
	if total == 0 {
		p.bar.Describe(fmt.Sprintf("%d %s", done, what))
	}
	_ = p.bar.Set(done)
}

// newBar returns a bar or, where the total is not known, a number that grows.
func (p *progress) newBar(what string, total int) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(what), progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionSetElapsedTime(false),
	}
	if total == 0 {
		return progressbar.NewOptions(-1, append(options, progressbar.OptionSpinnerType(14))...)
	}
	const times = 18                                              // columns of "[1m20s:1h10m20s]"
	room := p.width - len(what) - 2*len(strconv.Itoa(total)) - 17 // columns beside the words, the numbers and a ^C
	timed := room-times >= 5
	if timed {
		room -= times
	}
	return progressbar.NewOptions(total, append(options, progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(max(1, min(40, room))), progressbar.OptionSetPredictTime(timed))...)
}

// clear takes the line back, so that something else can be written. What goes on
// after that is shown again.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *progress) wipe() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
