package console

import (
	"fmt"
	"html/template"
)

// icon draws a sign of 20 by 20 in the colour of the text. It is decoration:
// whatever it says stands beside it as text.
func icon(name string) (template.HTML, error) {
	d, ok := iconPaths()[name]
	if !ok {
		return "", fmt.Errorf("there is no icon %s", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d="` + d + `"/></svg>`), nil
}

func iconPaths() map[string]string {
	return map[string]string{
		"inbox":     "M3 4h14v12H3zM3 11h4l1.5 2.5h3L13 11h4",
		"number":    "M7 3 5.5 17M14.5 3 13 17M3.5 7.500h13.500M3 12.500h13.5",
		"buy":       "M2.5 3h2l2 9.500h8l2-7H6M8 17a.7.7 0 1 1-1.4 0A.7.7 0 0 1 8 17ZM14.5 17a.7.7 0 1 1-1.4 0 .7.7 0 0 1 1.4 0Z",
		"campaign":  "M3 8v4l3 .5L8 17h2l-1.3-4L16 15V5L6 7.500Z",
		"message":   "M3 4h14v9.500H9L5.5 17v-3.500H3Z",
		"webhook":   "M10 5.500a2.5 2.5 0 1 0-2.3 3.400L5.5 13M7 14.500h6.500M12 8.500l2.5 4.200M6 14.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM17.5 14.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
		"call":      "M5 3h3l1.5 4L7.5 8.500a9 9 0 0 0 4 4L13 10.500l4 1.500v3a2 2 0 0 1-2 2A12 12 0 0 1 3 5a2 2 0 0 1 2-2Z",
		"carrier":   "M10 11v6M6.5 14a5 5 0 0 1 0-7M13.5 7a5 5 0 0 1 0 7M4 16.500a8.5 8.5 0 0 1 0-12M16 4.500a8.5 8.5 0 0 1 0 12M11 10.500a1 1 0 1 1-2 0 1 1 0 0 1 2 0Z",
		"contact":   "M10 10a3.2 3.2 0 1 0 0-6.400A3.2 3.2 0 0 0 10 10ZM3.5 17c.5-3.5 3-5 6.5-5s6 1.5 6.5 5",
		"report":    "M3 17h14M5 14V9M9 14V4M13 14v-7M16.5 14v-3",
		"settings":  "M10 12.800a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600ZM10 2v2.500M10 15.500V18M2 10h2.500M15.5 10H18M4.3 4.300l1.8 1.800M13.9 13.900l1.8 1.800M15.7 4.300l-1.8 1.800M6.1 13.900l-1.8 1.8",
		"bulk":      "M3 5h10M3 9h10M3 13h6M15 9v7M12 13l3 3 3-3",
		"send":      "M3 10 17 3l-4 14-3.5-5.500ZM9.5 11.5 17 3",
		"search":    "M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM12.5 12.5 17 17",
		"archive":   "M3 4h14v3.500H3ZM4 7.500V16h12V7.500M8 10.500h4",
		"block":     "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5 5l10 10",
		"note":      "M4 3h12v10l-4 4H4ZM12 17v-4h4M7 7h6M7 10h4",
		"label":     "M3 3h7l7 7-6.5 6.500L3.5 10ZM7.5 6.700a.8.8 0 1 1-1.6 0 .8.8 0 0 1 1.6 0Z",
		"clock":     "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.500l3 1.5",
		"mail":      "M3 4.500h14v11H3ZM3 5.500l7 5 7-5",
		"web":       "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM3 10h14M10 3c2.5 2 3.5 4.5 3.5 7s-1 5-3.5 7c-2.5-2-3.5-4.5-3.5-7S7.5 5 10 3Z",
		"reply":     "M8 5 3.5 9.5 8 14M4 9.500h7.500a5 5 0 0 1 5 5V16",
		"image":     "M3 4h14v12H3ZM3 14l4-4 3.5 3.5 2-2L17 15M13.5 8.200a1 1 0 1 1-2 0 1 1 0 0 1 2 0Z",
		"check":     "m4 10.5 4 4 8-9",
		"cross":     "m5 5 10 10M15 5 5 15",
		"plus":      "M10 4v12M4 10h12",
		"warning":   "M10 3 18 17H2ZM10 8v4M10 14.500v.5",
		"pause":     "M7 4v12M13 4v12",
		"play":      "M6 4v12l10-6Z",
		"replay":    "M4 10a6 6 0 1 0 2-4.500M4 3.500V7h3.5",
		"copy":      "M7 7h9v9H7ZM13 7V4H4v9h3",
		"download":  "M10 3v9M6 9l4 4 4-4M3.5 16.500h13",
		"upload":    "M10 13V4M6 7.5 10 3.500l4 4M3.5 16.500h13",
		"key":       "M11.5 11.5 17 17M14 14l2-2M12 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
		"team":      "M8 9.500A2.8 2.8 0 1 0 8 4a2.8 2.8 0 0 0 0 5.500ZM2.5 16c.4-3 2.5-4.5 5.5-4.500s5 1.5 5.5 4.500M13 9.300a2.5 2.5 0 0 0 0-5M15 11.800c1.6.7 2.5 2.2 2.7 4.2",
		"audit":     "M5 3h10v14H5ZM8 7h4M8 10h4M8 13h2",
		"handset":   "M6 2.500h8v15H6ZM9 15h2",
		"more":      "M4.5 10h.01M10 10h.01M15.5 10h.01",
		"menu":      "M3 5.500h14M3 10h14M3 14.500h14",
		"out":       "M8 4H4v12h4M12 6.500l4 3.5-4 3.500M16 10H8",
		"flow":      "M4 3.500h5v4H4ZM11 12.500h5v4h-5ZM6.5 7.500v7H11",
		"shield":    "M10 2.5 16.5 5v5c0 4-3 6.5-6.5 7.500C6.5 16.5 3.5 14 3.5 10V5Z",
		"back":      "M12 4 6 10l6 6",
		"template":  "M3.5 3.500h13v4h-13ZM3.5 10h6v6.500h-6ZM12 10h4.500v6.500H12Z",
		"lightning": "M11 2 4 11.500h5L8.5 18 16 8.500h-5Z",
	}
}
