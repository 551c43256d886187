package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/fredctl/fred/pkg/cache"
)

// resumes is how often a broken answer is taken up again.
const resumes = 2

// body reads one version of an object to its last byte. It lives as long as the
// read does, which is why it may hold a context.
type body struct {
	s      *Store
	ctx    context.Context
	info   cache.Info
	now    io.ReadCloser
	cancel context.CancelFunc
	read   int64
	broken int
}

// Read implements io.Reader. An answer that ends early is an error, not the end.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.now.Read(p)
	b.read += int64(n)
	switch {
	case err == nil || b.read == b.info.Size && errors.Is(err, io.EOF):
		return n, err
	case b.ctx.Err() == nil && b.broken < resumes && b.resume() == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return n, b.s.failed(b.ctx, "read", b.info.Name, fmt.Errorf("after %d of %d bytes: %w", b.read, b.info.Size, err))
}

// resume asks for the rest.
func (b *body) resume() error {
	b.broken++
	_ = b.now.Close()
	b.cancel()
	out, cancel, err := b.s.get(b.ctx, b.info.Name, func(in *s3.GetObjectInput) {
		in.IfMatch = aws.String(strconv.Quote(b.info.Version))
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", b.read))
	})
	if err != nil {
		b.cancel = func() {}
		return err
	}
	b.now, b.cancel = out.Body, cancel
	return nil
}

// Close implements io.Closer.
func (b *body) Close() error {
	defer b.cancel()
	return b.now.Close()
}
