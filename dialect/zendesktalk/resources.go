package zendesktalk

import (
	"net/http"

	"github.com/wirechief/wirechief/dialect"
)

// resourceRoutes are the calls of everything but phone numbers. Those of the
// Partner edition are not among them: they are unknown paths.
func resourceRoutes() []dialect.Route[handler] {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete

		address  = "/addresses/{id}"
		greeting = "/greetings/{id}"
		ivr      = "/ivr/{id}"
		menu     = ivr + "/menus/{menu}"
		route    = menu + "/routes/{route}"
		line     = "/digital_lines/{id}"
		agent    = "/availabilities/{id}"
	)
	return []dialect.Route[handler]{
		{Method: get, Path: "/addresses", Handle: (*server).listAddresses, Cite: "zendesktalk: GET /addresses"},
		{Method: post, Path: "/addresses", Handle: (*server).createAddress, Cite: "zendesktalk: POST /addresses"},
		{Method: get, Path: address, Handle: (*server).showAddress, Cite: "zendesktalk: GET /addresses/{address_id}, call, address_id"},
		{Method: put, Path: address, Handle: (*server).updateAddress, Cite: "zendesktalk: PUT /addresses/{address_id}, call, address_id"},
		{Method: del, Path: address, Handle: (*server).deleteAddress, Cite: "zendesktalk: DELETE /addresses/{address_id}, call, address_id"},

		{Method: get, Path: "/greeting_categories", Handle: (*server).listCategories, Cite: "zendesktalk: GET /greeting_categories"},
		{Method: get, Path: "/greeting_categories/{id}", Handle: (*server).showCategory, Cite: "zendesktalk: GET /greeting_categories/{id}, call, id"},
		{Method: get, Path: "/greetings", Handle: (*server).listGreetings, Cite: "zendesktalk: GET /greetings"},
		{Method: post, Path: "/greetings", Handle: (*server).createGreeting, Cite: "zendesktalk: POST /greetings"},
		{Method: get, Path: greeting, Handle: (*server).showGreeting, Cite: "zendesktalk: GET /greetings/{id}, call, id"},
		{Method: put, Path: greeting, Handle: (*server).updateGreeting, Cite: "zendesktalk: PUT /greetings/{id}, call, id"},
		{Method: post, Path: greeting, Handle: (*server).uploadGreeting, Cite: "zendesktalk: POST /greetings/{id}, call, id"},
		{Method: del, Path: greeting, Handle: (*server).deleteGreeting, Cite: "zendesktalk: DELETE /greetings/{id}, call, id"},
		{Method: get, Path: greeting + "/upload", Handle: (*server).greetingUpload, Cite: "zendesktalk: GET /greetings/{id}/upload, call, id"},
		{Method: put, Path: greeting + "/upload", Handle: (*server).uploadGreeting, Cite: "zendesktalk: PUT /greetings/{id}/upload, call, id"},
		{Method: post, Path: greeting + "/upload", Handle: (*server).uploadGreeting, Cite: "zendesktalk: POST /greetings/{id}/upload, call, id"},
		{Method: get, Path: greeting + "/{file}", Handle: (*server).greetingAudio, Cite: "zendesktalk: GET /greetings/{id}/{hash}.mp3, call, id"},

		{Method: get, Path: "/ivr", Handle: (*server).listIVRs, Cite: "zendesktalk: GET /ivr"},
		{Method: post, Path: "/ivr", Handle: (*server).createIVR, Cite: "zendesktalk: POST /ivr"},
		{Method: get, Path: ivr, Handle: (*server).showIVR, Cite: "zendesktalk: GET /ivr/{ivr_id}, call, ivr_id"},
		{Method: put, Path: ivr, Handle: (*server).updateIVR, Cite: "zendesktalk: PUT /ivr/{ivr_id}, call, ivr_id"},
		{Method: del, Path: ivr, Handle: (*server).deleteIVR, Cite: "zendesktalk: DELETE /ivr/{ivr_id}, call, ivr_id"},
		{Method: get, Path: ivr + "/menus", Handle: (*server).listMenus, Cite: "zendesktalk: GET /ivr/{ivr_id}/menus, call, ivr_id"},
		{Method: post, Path: ivr + "/menus", Handle: (*server).createMenu, Cite: "zendesktalk: POST /ivr/{ivr_id}/menus, call, ivr_id"},
		{Method: get, Path: menu, Handle: (*server).showMenu, Cite: "zendesktalk: GET /ivr/{ivr_id}/menus/{menu_id}, call, ivr_id, menu_id"},
		{Method: put, Path: menu, Handle: (*server).updateMenu, Cite: "zendesktalk: PUT /ivr/{ivr_id}/menus/{menu_id}, call, ivr_id, menu_id"},
		{Method: del, Path: menu, Handle: (*server).deleteMenu, Cite: "zendesktalk: DELETE /ivr/{ivr_id}/menus/{menu_id}, call, ivr_id, menu_id"},
		{Method: get, Path: menu + "/routes", Handle: (*server).listRoutes, Cite: "zendesktalk: GET /ivr/{ivr_id}/menus/{menu_id}/routes, call, ivr_id, menu_id"},
		{Method: post, Path: menu + "/routes", Handle: (*server).createRoute, Cite: "zendesktalk: POST /ivr/{ivr_id}/menus/{menu_id}/routes, call, ivr_id, menu_id"},
		{Method: get, Path: route, Handle: (*server).showRoute, Cite: "zendesktalk: GET /ivr/{ivr_id}/menus/{menu_id}/routes/{route_id}, call, ivr_id, menu_id, route_id"},
		{Method: put, Path: route, Handle: (*server).updateRoute, Cite: "zendesktalk: PUT /ivr/{ivr_id}/menus/{menu_id}/routes/{route_id}, call, ivr_id, menu_id, route_id"},
		{Method: del, Path: route, Handle: (*server).deleteRoute, Cite: "zendesktalk: DELETE /ivr/{ivr_id}/menus/{menu_id}/routes/{route_id}, call, ivr_id, menu_id, route_id"},

		{Method: get, Path: "/lines", Handle: (*server).listLines, Cite: "zendesktalk: GET /lines"},
		{Method: post, Path: "/digital_lines", Handle: (*server).createDigitalLine, Cite: "zendesktalk: POST /digital_lines"},
		{Method: get, Path: line, Handle: (*server).showDigitalLine, Cite: "zendesktalk: GET /digital_lines/{digital_line_id}, call, digital_line_id"},
		{Method: put, Path: line, Handle: (*server).updateDigitalLine, Cite: "zendesktalk: PUT /digital_lines/{digital_line_id}, call, digital_line_id"},
		{Method: del, Path: line, Handle: (*server).deleteDigitalLine, Cite: "zendesktalk: DELETE /digital_lines/{digital_line_id}, call, digital_line_id"},

		{Method: get, Path: agent, Handle: (*server).showAvailability, Cite: "zendesktalk: GET /availabilities/{agent_id}, call, agent_id"},
		{Method: put, Path: agent, Handle: (*server).updateAvailability, Cite: "zendesktalk: PUT /availabilities/{agent_id}, call, agent_id"},
		{Method: get, Path: "/settings", Handle: (*server).showAccountSettings, Cite: "zendesktalk: GET /settings"},
		{Method: put, Path: "/settings", Handle: (*server).updateAccountSettings, Cite: "zendesktalk: PUT /settings"},
		{Method: post, Path: "/callback_requests", Handle: (*server).createCallback, Cite: "zendesktalk: POST /callback_requests"},

		{Method: get, Path: "/stats/account_overview", Handle: (*server).accountOverview, Cite: "zendesktalk: GET /stats/account_overview"},
		{Method: get, Path: "/stats/agents_overview", Handle: (*server).agentsOverview, Cite: "zendesktalk: GET /stats/agents_overview"},
		{Method: get, Path: "/stats/agents_activity", Handle: (*server).agentsActivity, Cite: "zendesktalk: GET /stats/agents_activity"},
		{Method: get, Path: "/stats/current_queue_activity", Handle: (*server).currentQueueActivity, Cite: "zendesktalk: GET /stats/current_queue_activity"},
		{Method: get, Path: "/stats/incremental/calls", Handle: (*server).exportCalls, Cite: "zendesktalk: GET /stats/incremental/calls"},
		{Method: get, Path: "/stats/incremental/legs", Handle: (*server).exportLegs, Cite: "zendesktalk: GET /stats/incremental/legs"},
		{Method: del, Path: "/calls/{id}/recordings", Handle: (*server).deleteRecordings, Cite: "zendesktalk: DELETE /calls/{call_id}/recordings, call, call_id"},
		{Method: del, Path: "/calls/{id}/recordings/{type}", Handle: (*server).deleteRecordings, Cite: "zendesktalk: DELETE /calls/{call_id}/recordings/{type}, call, call_id, type"},
	}
}
