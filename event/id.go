package event

import (
	"fmt"
	"strconv"

	"github.com/cespare/xxhash/v2"
)

// ProfileID names one customer as first seen: a 64-bit hash of the first identifier, so that collecting needs no
// look-up. Zero means none. It is written as 16 lower-case hex digits.
type ProfileID uint64

// AccountID names one company (Segment's group), hashed the same way from its external id. Zero means none.
type AccountID uint64

// ProfileOf is the profile an event belongs to: by its user id if it has one, else by its anonymous id, else none.
// The hash is XXH64 (https://xxhash.com) of "user:" or "anon:" and the id. By the birthday bound, 10 million
// profiles meet a collision with probability 2.7e-6.
func ProfileOf(userID, anonymousID string) ProfileID {
	switch {
	case userID != "":
		return UserProfile(userID)
	case anonymousID != "":
		return AnonymousProfile(anonymousID)
	}
	return 0
}

// UserProfile is the profile of a shop's own user id.
func UserProfile(userID string) ProfileID { return ProfileID(hash("user:", userID)) }

// AnonymousProfile is the profile of a device that has not said who it is.
func AnonymousProfile(anonymousID string) ProfileID { return ProfileID(hash("anon:", anonymousID)) }

// AccountOf is the account of an external group id; "" is none.
func AccountOf(groupID string) AccountID {
	if groupID == "" {
		return 0
	}
	return AccountID(hash("account:", groupID))
}

func hash(prefix, id string) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.WriteString(prefix)
	_, _ = d.WriteString(id)
	if h := d.Sum64(); h != 0 {
		return h
	}
	return 1
}

// String writes the id as 16 hex digits.
func (p ProfileID) String() string { return fmt.Sprintf("%016x", uint64(p)) }

// String writes the id as 16 hex digits.
func (a AccountID) String() string { return fmt.Sprintf("%016x", uint64(a)) }

// ParseProfileID reads what ProfileID.String wrote.
func ParseProfileID(s string) (ProfileID, error) {
	n, err := parseHex(s)
	return ProfileID(n), err
}

// ParseAccountID reads what AccountID.String wrote.
func ParseAccountID(s string) (AccountID, error) {
	n, err := parseHex(s)
	return AccountID(n), err
}

func parseHex(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil || len(s) != 16 {
		return 0, fmt.Errorf("id %q is not 16 hex digits", s)
	}
	return n, nil
}

// MarshalText writes the hex form, so that JSON carries ids as strings (JavaScript numbers lose 64-bit digits).
func (p ProfileID) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the hex form.
func (p *ProfileID) UnmarshalText(b []byte) (err error) {
	*p, err = ParseProfileID(string(b))
	return err
}

// MarshalText writes the hex form.
func (a AccountID) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads the hex form.
func (a *AccountID) UnmarshalText(b []byte) (err error) {
	*a, err = ParseAccountID(string(b))
	return err
}
