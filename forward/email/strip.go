package email

import (
	"regexp"
	"strings"
)

// Marks of what mail programs put below an answer.
var (
	// Outlook and others: a rule, then the header of the original.
	originalRule = regexp.MustCompile(`^\s*(-{2,}\s*(Original Message|Ursprüngliche Nachricht|Original-Nachricht|Message d'origine|Mensaje original|Messaggio originale|Oorspronkelijk bericht|Forwarded message)\s*-{2,}|_{20,})\s*$`)
	originalFrom = regexp.MustCompile(`^\s*\*?(From|Von|De|Da|Van|Från|Fra):\*?\s.*(@|\[mailto:|<)`)
	originalMore = regexp.MustCompile(`^\s*\*?(Sent|Date|To|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|Cc):\*?\s`)
	// The same in any language: a field with an address, and further fields.
	anyFrom = regexp.MustCompile(`^\s*\*?\p{L}[\p{L} ]{0,24}:\*?\s.*@`)
	anyMore = regexp.MustCompile(`^\s*\*?\p{L}[\p{L} .]{0,24}:\*?\s+\S`)
	// What of a mail of ours stands in such a header.
	ours = regexp.MustCompile(`SMS from \d|\breply\+`)
	// "On Monday somebody <a@b> wrote:", in the languages that programs say it in.
	wrote = regexp.MustCompile(`(?i)(wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|kirjoitti|napisał\(a\)|napsal|пишет|написал|写道)\s*.{0,80}[:：]\s*$`)
	// What telephones add.
	gadget = regexp.MustCompile(`^(Sent from my |Sent from Mail for |Get Outlook for |Von meinem .* gesendet|Envoyé de mon |Enviado desde mi |Inviato da |Sent with )`)
)

// strip gives what a person wrote: quotations, what introduces them, and
// signatures go. It errs towards sending too little, for what is quoted is not
// the handset's to have twice.
func strip(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\u00a0", " ")
	lines := strings.Split(text, "\n")
	kept := make([]string, 0, len(lines))
lines:
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \t\r")
		switch {
		case strings.HasPrefix(lines[i], "-- ") && line == "--": // RFC 3676 4.3
			break lines
		case line == "--" && signs(kept, lines[i+1:]): // many drop the space
			break lines
		case originalRule.MatchString(line):
			break lines
		case originalFrom.MatchString(line) && i+1 < len(lines) && headerLines(lines[i+1:]) >= 2:
			break lines
		case anyFrom.MatchString(strings.ReplaceAll(line, " :", ":")) && headerOfOurs(lines[i:]):
			break lines
		case strings.HasPrefix(line, ">"):
			kept = withoutIntroduction(kept)
			continue
		case wrote.MatchString(line) && (strings.ContainsAny(line, "@<") || opening.MatchString(line)) && !more(lines[i+1:]):
			kept = withoutOpening(kept, line)
			break lines
		}
		kept = append(kept, line)
	}
	out := strings.TrimSpace(strings.Join(kept, "\n"))
	if i := strings.LastIndexByte(out, '\n'); gadget.MatchString(out[i+1:]) {
		out = strings.TrimSpace(out[:max(i, 0)])
	}
	// It goes to a handset as it is, but for what no handset can show.
	return strings.TrimSpace(blank.ReplaceAllString(clean(out, -1), "\n\n"))
}

var blank = regexp.MustCompile(`\n{3,}`)

// headerLines counts the fields of a header that a text begins with.
func headerLines(lines []string) int {
	n := 0
	for _, line := range lines {
		if !originalMore.MatchString(line) {
			break
		}
		n++
	}
	return n
}

// headerOfOurs says whether a text begins with the header of a mail of ours,
// in whatever language.
func headerOfOurs(lines []string) bool {
	fields, said := 0, false
	for _, line := range lines[:min(len(lines), 8)] {
		if !anyMore.MatchString(strings.ReplaceAll(line, " :", ":")) {
			break
		}
		fields++
		said = said || ours.MatchString(line)
	}
	return fields >= 3 && said
}

// signs says whether "--" without its blank begins a signature rather than
// standing in a text: an empty line is before it, and little after.
func signs(before, after []string) bool {
	if len(before) > 0 && strings.TrimSpace(before[len(before)-1]) != "" {
		return false
	}
	n := 0
	for _, line := range after {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, ">") || wrote.MatchString(line) {
			break
		} else if line != "" {
			n++
		}
	}
	return n <= 6
}

// more says whether something follows that is not quoted, as when a person
// answers below; what is quoted without marks is taken for the original.
func more(lines []string) bool {
	quoted := false
	for _, line := range lines {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, ">"):
			quoted = true
		case line != "" && quoted:
			return true
		case line != "":
			return false
		}
	}
	return false
}

// withoutIntroduction drops the line above a quotation that says whose it is:
// one that ends with a colon, and what of it was folded.
func withoutIntroduction(kept []string) []string {
	end := len(kept)
	for end > 0 && strings.TrimSpace(kept[end-1]) == "" {
		end--
	}
	if end == 0 || !strings.HasSuffix(strings.TrimSpace(kept[end-1]), ":") || !strings.ContainsAny(kept[end-1], "@<") && !wrote.MatchString(kept[end-1]) {
		return kept
	}
	return withoutOpening(kept[:end-1], kept[end-1])
}

// withoutOpening drops the line before one that ends an introduction, when that
// is where the introduction began.
func withoutOpening(kept []string, line string) []string {
	if opening.MatchString(line) || len(kept) == 0 {
		return kept
	}
	if last := kept[len(kept)-1]; opening.MatchString(last) {
		return kept[:len(kept)-1]
	}
	return kept
}

var opening = regexp.MustCompile(`^\s*(On|Am|Le|El|Il|Op|Em|Den|W dniu|Dne|pe) .*\d`)
