// Package compat is beside the stages: recorded requests of unmodified SDKs in, the answers we owe them out.
//
// It replays what foreign clients and older versions left, and holds tests only.
package compat
