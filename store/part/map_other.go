//go:build !unix

package part

import "os"

// mapFile reads the file, where files cannot be mapped. A Go byte slice of 8 bytes or more is aligned to 8.
func mapFile(path string) (data []byte, unmap func() error, err error) {
	data, err = os.ReadFile(path)
	return data, func() error { return nil }, err
}
