package storetest

import "time"

// t0 is when everything in the suite happens.
var t0 = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
