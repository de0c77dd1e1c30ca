package segment

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/internal/durable"
	"wend.dev/wend/store/lake"
)

const (
	identityName  = "identity.snap"
	identityMagic = "WENDIDS1"

	snapRows  = 1_000_000 // events sealed since the last snapshot after which another is due
	snapSmall = 1 << 20   // bytes below which it is written at every seal
)

// The file: magic, u64 XXH64 of all that follows, u64 number of the newest segment it covers, the identities' own bytes.

// maybeSaveIdentities writes the snapshot when a new segment makes it due. Writing it before the manifest is safe:
// seeing an event again changes nothing.
func (s *Store) maybeSaveIdentities(covers uint64, rows int) error {
	s.mu.Lock()
	s.unsnap += rows
	due := s.unsnap >= snapRows || s.report.snapBytes < snapSmall
	s.mu.Unlock()
	if !due {
		return nil
	}
	return s.saveIdentities(covers)
}

// saveIdentities writes what Identities knows. It knows the events of all segments up to the one numbered covers.
func (s *Store) saveIdentities(covers uint64) error {
	s.mu.Lock()
	covers = max(covers, s.snapped)
	s.mu.Unlock()
	b := make([]byte, len(identityMagic)+16, 1<<16)
	copy(b, identityMagic)
	binary.LittleEndian.PutUint64(b[16:], covers)
	b, err := s.opts.Identities.AppendBinary(b)
	if err == nil {
		binary.LittleEndian.PutUint64(b[8:], xxhash.Sum64(b[16:]))
		err = durable.WriteFile(filepath.Join(s.dir, identityName), b)
	}
	if err != nil {
		return fmt.Errorf("cannot save identities: %w", full(err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsnap, s.snapped, s.report.snapBytes = 0, covers, len(b)
	return nil
}

func readIdentities(dir string) (covers uint64, b []byte, err error) {
	b, err = os.ReadFile(filepath.Join(dir, identityName))
	if err != nil {
		return 0, nil, err
	}
	if len(b) < 24 || string(b[:8]) != identityMagic || binary.LittleEndian.Uint64(b[8:]) != xxhash.Sum64(b[16:]) {
		return 0, nil, errors.New("its checksum does not match")
	}
	return binary.LittleEndian.Uint64(b[16:]), b[24:], nil
}

// loadIdentities reads the snapshot, or nothing if it is damaged, and then observes the segments it does not cover.
func (s *Store) loadIdentities(ctx context.Context) error {
	covers, b, err := readIdentities(s.dir)
	if err == nil {
		err = s.opts.Identities.UnmarshalBinary(b)
	}
	if err != nil {
		covers = 0
		if !errors.Is(err, os.ErrNotExist) || len(s.segments) > 0 {
			s.logger.Warn("identities are learnt again from the lake", "dir", s.dir, "error", err)
		}
	}
	s.snapped, s.report.snapBytes = covers, len(b)
	for _, e := range s.manifest.Erased {
		if e.ID > covers {
			s.opts.Identities.Forget(e.Profiles)
		}
	}
	for _, g := range s.segments {
		if g.entry.Born <= covers {
			continue
		}
		for _, f := range g.entry.Lake {
			if err := s.observe(ctx, f, g.entry.erased()); err != nil {
				if ctx.Err() != nil {
					return err
				}
				s.fail("some identities are unknown", err)
			}
		}
		s.unsnap += g.entry.Rows
	}
	return nil
}

func (s *Store) observe(ctx context.Context, f lake.File, erased func(event.ProfileID) bool) error {
	for e, err := range leaveOut(lake.Read(filepath.Join(s.dir, lakePath(f))), erased) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		s.opts.Identities.Observe(e)
	}
	return nil
}
