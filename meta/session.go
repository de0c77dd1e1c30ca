package meta

import (
	"context"
	"crypto/sha256"
	"time"
)

// Hash is the SHA-256 of a secret.
type Hash = [sha256.Size]byte

// Sessions keeps log-ins and tells which tokens may log in, by hashes only.
type Sessions interface {
	// TokenHashes are the hashes of the tokens that are not revoked.
	TokenHashes(ctx context.Context) ([]Hash, error)
	// SaveSession keeps a log-in until it expires, and sweeps those that have.
	SaveSession(ctx context.Context, id Hash, expires time.Time) error
	// SessionExpiry tells when a log-in ends; a zero time when there is no such session.
	SessionExpiry(ctx context.Context, id Hash) (time.Time, error)
	// DeleteSession logs out. Deleting what is not there is no error.
	DeleteSession(ctx context.Context, id Hash) error
}
