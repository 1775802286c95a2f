package zendesktalk

import "github.com/wirechief/wirechief/dialect"

// phoneNumberRoutes are the calls of phone numbers.
func phoneNumberRoutes() []dialect.Route[handler] {
	return nil
}
