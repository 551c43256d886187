package cache

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Aside returns the key under which the entry of key is kept once the name of
// its cluster, whose UID is given, has passed to another cluster. Fetch puts
// entries there before it replaces them; Move can take the rest, or bring them
// back.
func Aside(uid string, key Key) Key {
	return NewKey("aside", uid).Join(key.segments...)
}

// Move renames the entries below from to be below to, all or those whose header
// match says true of, and returns how many it moved. Each is stored under its
// new key before the old one is deleted: a crash loses nothing, and Move called
// again goes on. It never replaces other content at the new key.
//
// The entries that could not be moved stay where they are; the error joins
// their reasons: ErrExists, ErrNewer, ErrDamaged or what the store says.
func (c *Cache) Move(ctx context.Context, from, to Key, match func(Header) bool) (int, error) {
	if to.HasPrefix(from) {
		return 0, fmt.Errorf("move %s to %s: the one is part of the other", from, to)
	}
	names, err := c.names(ctx, from)
	if err != nil {
		return 0, err
	}
	moved, problems := 0, []error{}
	for _, name := range names {
		e := c.listed(ctx, Info{Name: name})
		switch {
		case e.State == Missing || e.Problem == nil && match != nil && !match(e.Header):
			continue
		case e.Problem == nil:
			e.Problem = c.rename(ctx, e.Header.Key, to.Join(e.Header.Key.segments[len(from.segments):]...))
		}
		if e.Problem != nil {
			problems = append(problems, fmt.Errorf("move %s: %w", name, e.Problem))
			continue
		}
		moved++
	}
	return moved, errors.Join(problems...)
}

// names lists the entries below prefix before any of them is touched.
func (c *Cache) names(ctx context.Context, prefix Key) ([]string, error) {
	var all []string
	for info, err := range c.store.List(ctx, prefix.below()) {
		if err != nil {
			return nil, fmt.Errorf("list the cache: %w", err)
		}
		if strings.HasSuffix(info.Name, suffix) {
			all = append(all, info.Name)
		}
	}
	return all, nil
}

// rename moves one entry. What another process stored under the old key in the
// meantime stays there.
func (c *Cache) rename(ctx context.Context, from, to Key) error {
	info, err := c.copy(ctx, from, to, false)
	if err != nil {
		return err
	}
	now, err := c.store.Stat(ctx, info.Name)
	if err == nil && now.Version != info.Version {
		err = errors.New("it was changed meanwhile")
	}
	if err == nil {
		err = c.store.Delete(ctx, info.Name)
	}
	if errors.Is(err, ErrMissing) {
		return nil // deleted meanwhile
	}
	return err
}

// setAside copies the entry with header h to where it is kept from now on. One
// whose payload is damaged is not worth keeping.
func (c *Cache) setAside(ctx context.Context, h Header) error {
	_, err := c.copy(ctx, h.Key, Aside(h.ClusterUID, h.Key), true)
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// copy stores the entry under from under to as well and returns the info of the
// first. Other content at to is ErrExists unless replace is set.
func (c *Cache) copy(ctx context.Context, from, to Key, replace bool) (Info, error) {
	data, info, err := ReadBlob(ctx, c.store, from.name())
	if err != nil {
		return Info{}, err
	}
	h, payload, err := open(from, data)
	if err != nil {
		return Info{}, err
	}
	there, _, err := c.header(ctx, to)
	switch {
	case errors.Is(err, ErrNewer):
		return Info{}, err
	case err == nil && there.SHA256 == h.SHA256:
		return info, nil
	case err == nil && !replace:
		return Info{}, fmt.Errorf("%s: %w", to, ErrExists)
	}
	h.Key = to
	parts, err := envelope(&h, payload)
	if err != nil {
		return Info{}, err
	}
	_, err = c.store.Put(ctx, to.name(), parts...)
	return info, err
}
