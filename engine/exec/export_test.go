package exec

// Share64 lets the reference give each failure the same span as the operator.
var Share64 = share64
