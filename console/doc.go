// Package console is what people see: server-rendered pages over the core, a
// few small modules of our own that shorten round trips, and one live stream.
//
// The contract in short:
//
//   - A page is a Go struct, a template of the same name and a route in
//     [routes]. Handlers ask the core, fill the struct and render; they hold no
//     rules of their own about messages, numbers or people.
//   - Every page works with plain links and form posts. Modules under static/
//     only add to that: live fragments, drafts, shortcuts, localised times.
//   - Who may open a page or press a button is said once, as the right of its
//     route; what the core refuses besides is shown where it happened, the field
//     at fault marked.
//   - Everything that came from outside is text: templates escape by context,
//     and the content policy allows no script or style but our own files.
//   - What changes is rendered on the server and pushed as fragments (live.go):
//     an element with an id that the page has replaces it, a new one goes where
//     its data-into says. A console that was away too long reloads its regions.
//
// It refuses to be a single-page application and to keep state beyond the
// session's cookie. Look next at page.go (the frame of all pages), form.go and
// live.go; package access knows who is who.
package console
