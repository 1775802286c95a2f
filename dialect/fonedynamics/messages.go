package fonedynamics

import "github.com/wirechief/wirechief/dialect"

// messageCore is what the calls about messages need of the exchange.
type messageCore interface{}

func messageRoutes() []dialect.Route[handler] { return nil }
