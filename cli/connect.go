package cli

import (
	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
)

// connection is the flags of every command that talks to a server.
type connection struct {
	Server string `name:"server" help:"Address of the server, as http://127.0.0.1:8080 (WIRECHIEF_SERVER)." placeholder:"URL"`
	Token  string `name:"token" help:"Token of a tenant or of the operator (WIRECHIEF_TOKEN)." placeholder:"T"`
}

// defaultServer is where a server listens whose configuration says nothing.
const defaultServer = "http://127.0.0.1:8080"

// open makes the client. Flags win over the environment.
func (c *connection) open(stdio IO) (*client.Client, error) {
	server, token := c.Server, wirechief.Secret(c.Token)
	if v, ok := stdio.Env("WIRECHIEF_SERVER"); ok && server == "" {
		server = v
	}
	if v, ok := stdio.Env("WIRECHIEF_TOKEN"); ok && token == "" {
		token = wirechief.Secret(v)
	}
	if server == "" {
		server = defaultServer
	}
	if token == "" {
		return nil, usagef("a token is needed: --token T or WIRECHIEF_TOKEN")
	}
	cl, err := client.New(server, token)
	if err != nil {
		return nil, usageError{err}
	}
	return cl, nil
}
