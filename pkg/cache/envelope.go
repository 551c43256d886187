package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// The file of an entry is its header, a newline, the payload, a newline. The
// payload is one line too, so that the file is newline-delimited JSON.

// encodePayload returns v as one line of JSON, without the newline.
func encodePayload(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode payload: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// oneLine returns payload with no newline in it, as it is when it has none.
func oneLine(payload []byte) ([]byte, error) {
	if !bytes.ContainsAny(payload, "\r\n") {
		return payload, nil
	}
	var buf bytes.Buffer
	if err := json.Compact(&buf, payload); err != nil {
		return nil, fmt.Errorf("compact payload: %w", err)
	}
	return buf.Bytes(), nil
}

// envelope returns the parts of an entry's file in order. It sets the size and
// the hash in h.
func envelope(h *Header, payload []byte) ([][]byte, error) {
	sum := sha256.Sum256(payload)
	h.Schema, h.Size, h.SHA256 = Schema, int64(len(payload)), hex.EncodeToString(sum[:])
	line, err := h.line()
	if err != nil {
		return nil, err
	}
	return [][]byte{append(line, '\n'), payload, []byte("\n")}, nil
}

// open reads the file of the entry under key and verifies all of it. The
// payload it returns is part of data. It fails with ErrNewer or ErrDamaged.
func open(key Key, data []byte) (Header, []byte, error) {
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	h, err := parseLine(line)
	if err != nil {
		return Header{}, nil, err
	}
	if err := fits(h, key, int64(len(data)), int64(len(line))); err != nil {
		return Header{}, nil, err
	}
	payload := rest[:h.Size]
	sum := sha256.Sum256(payload)
	if hex.EncodeToString(sum[:]) != h.SHA256 || rest[h.Size] != '\n' {
		return Header{}, nil, fmt.Errorf("%w: the payload is altered", ErrDamaged)
	}
	return h, payload, nil
}

// fits says whether a file of size bytes with a first line of line bytes can be
// the entry under key that h tells of.
func fits(h Header, key Key, size, line int64) error {
	if !h.Key.Equal(key) {
		return fmt.Errorf("%w: it is the entry of %s", ErrDamaged, h.Key)
	}
	if want := line + 1 + h.Size + 1; h.Size < 0 || size != want {
		return fmt.Errorf("%w: it has %d bytes where %d were written", ErrDamaged, size, want)
	}
	return nil
}
