package meta

import (
	"context"
	"crypto/sha256"
	"time"
)

// Hash is the SHA-256 of a secret.
type Hash = [sha256.Size]byte

// Sessions keeps log-ins, by the hashes of their secrets only.
type Sessions interface {
	// SaveSession keeps a log-in until it expires, and sweeps those that have.
	SaveSession(ctx context.Context, id Hash, expires time.Time) error
	// SessionExpiry tells when a log-in ends; a zero time when there is no such session.
	SessionExpiry(ctx context.Context, id Hash) (time.Time, error)
	// DeleteSession logs out. Deleting what is not there is no error.
	DeleteSession(ctx context.Context, id Hash) error
}
