package fonedynamics

import "github.com/wirechief/wirechief/dialect"

func numberRoutes() []dialect.Route[handler] { return nil }
