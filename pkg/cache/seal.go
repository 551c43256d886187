package cache

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// encoded is a collected value as it is stored.
type encoded[T any] struct {
	value    T
	payload  []byte
	warnings []string
}

// encode turns v into what may be stored, and into what a later read of that
// will return.
func encode[T any](c *Cache, v T) (encoded[T], error) {
	payload, err := encodePayload(v)
	if err != nil {
		return encoded[T]{}, err
	}
	clean, warnings, err := c.seal(payload)
	if err != nil {
		return encoded[T]{}, err
	}
	out := encoded[T]{value: v, payload: clean, warnings: warnings}
	if bytes.Equal(clean, payload) {
		return out, nil
	}
	var sealed T
	if err := json.Unmarshal(clean, &sealed); err != nil {
		return encoded[T]{}, fmt.Errorf("decode sealed payload: %w", err)
	}
	out.value = sealed
	return out, nil
}

// seal returns what of a line of JSON may be stored, as one line again.
func (c *Cache) seal(data []byte) ([]byte, []string, error) {
	if c.opts.Seal == nil {
		return data, nil, nil
	}
	clean, warnings, err := c.opts.Seal(data)
	if err == nil {
		clean, err = oneLine(clean)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("seal payload: %w", err)
	}
	return clean, warnings, nil
}

// sealHeader removes from a header what may not be stored. An address may hold
// a password, and the error of a source may quote anything.
func (c *Cache) sealHeader(h *Header) error {
	if c.opts.Seal == nil || h.Endpoint == "" && len(h.Warnings) == 0 {
		return nil
	}
	text := struct {
		Endpoint string   `json:"endpoint"`
		Warnings []string `json:"warnings"`
	}{h.Endpoint, h.Warnings}
	data, err := encodePayload(text)
	if err != nil {
		return err
	}
	clean, warnings, err := c.seal(data)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(clean, &text); err != nil {
		return fmt.Errorf("decode sealed header: %w", err)
	}
	h.Endpoint, h.Warnings = text.Endpoint, slices.Concat(text.Warnings, warnings)
	return nil
}
