package redact

// Env returns the value of an environment variable and true when it may be
// kept: it is harmless by type, and name tells nothing. Otherwise it returns
// "" and false, also for a number under a telling name, which may be a PIN.
// Names, and valueFrom references to where a value is kept, are no values;
// keep them without asking.
func Env(name, value string) (kept string, ok bool) {
	if !harmless(value) || Telling(name) {
		return "", false
	}
	return value, true
}
