package fred

// Progress hears how far long work has come: what is done, to how many, of how
// many; total is 0 where that is not known. It is called often, by several
// goroutines at a time, and must not wait.
type Progress func(what string, done, total int)
