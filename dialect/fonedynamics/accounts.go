package fonedynamics

import "github.com/wirechief/wirechief/dialect"

func accountRoutes() []dialect.Route[handler] { return nil }
