package optout

// group is the words of one language. They are written as [Fold] leaves them:
// in capitals, without accents.
type group struct {
	language               string
	stop, start, help, yes []string
}

// everywhere are the words that count in every language.
var everywhere = group{
	stop:  []string{"STOP"},
	start: []string{"START", "UNSTOP"},
	help:  []string{"HELP"},
}

// groups are the languages, by their ISO 639-1 codes. The English words are
// those of docs/dialects/bulkvs.md.
var groups = []group{
	{
		language: "en",
		stop: []string{
			"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REMOVE", "REVOKE", "OPTOUT", "OPT OUT", "OPT-OUT",
		},
		start: []string{"START", "UNSTOP"},
		help:  []string{"HELP", "INFO"},
		yes:   []string{"YES"},
	},
	{
		language: "es",
		stop:     []string{"PARAR", "PARE", "ALTO", "BAJA", "CANCELAR", "DETENER", "ELIMINAR", "NO MAS"},
		start:    []string{"ALTA", "INICIAR", "EMPEZAR", "REANUDAR", "SUSCRIBIR"},
		help:     []string{"AYUDA", "INFO"},
		yes:      []string{"SI"},
	},
	{
		language: "fr",
		stop:     []string{"ARRET", "ARRETER", "ARRETEZ", "DESABONNER", "DESINSCRIRE", "ANNULER", "FIN", "RETIRER"},
		start:    []string{"DEBUT", "COMMENCER", "REPRENDRE", "REABONNER"},
		help:     []string{"AIDE", "INFO"},
		yes:      []string{"OUI"},
	},
	{
		language: "de",
		stop:     []string{"STOPP", "ABMELDEN", "ABMELDUNG", "ABBESTELLEN", "ENDE", "BEENDEN", "KUNDIGEN", "KUENDIGEN"},
		start:    []string{"ANMELDEN", "ANMELDUNG", "WEITER"},
		help:     []string{"HILFE", "INFO"},
		yes:      []string{"JA"},
	},
	{
		language: "pt",
		stop:     []string{"PARAR", "PARE", "SAIR", "CANCELAR", "REMOVER", "DESCADASTRAR"},
		start:    []string{"INICIAR", "COMECAR", "RECOMECAR", "VOLTAR"},
		help:     []string{"AJUDA", "INFO"},
		yes:      []string{"SIM"},
	},
	{
		language: "it",
		stop:     []string{"FERMA", "BASTA", "FINE", "ANNULLA", "CANCELLA", "CANCELLAMI", "DISISCRIVI", "RIMUOVI"},
		start:    []string{"INIZIA", "ISCRIVI", "RIPRENDI"},
		help:     []string{"AIUTO", "INFO"},
		yes:      []string{"SI"},
	},
	{
		language: "nl",
		stop:     []string{"STOPPEN", "AFMELDEN", "UITSCHRIJVEN", "OPZEGGEN", "EINDE"},
		start:    []string{"AANMELDEN", "BEGIN", "HERVAT"},
		help:     []string{"HULP", "INFO"},
		yes:      []string{"JA"},
	},
	{
		language: "pl",
		stop:     []string{"KONIEC", "WYPISZ", "ANULUJ", "REZYGNUJE", "REZYGNACJA"},
		start:    []string{"ZAPISZ", "WZNOW"},
		help:     []string{"POMOC", "INFO"},
		yes:      []string{"TAK"},
	},
	{
		language: "sv",
		stop:     []string{"STOPP", "AVSLUTA", "AVREGISTRERA", "AVANMALAN"},
		start:    []string{"STARTA"},
		help:     []string{"HJALP", "INFO"},
		yes:      []string{"JA"},
	},
	{
		language: "da",
		stop:     []string{"AFMELD", "AFSLUT", "SLUT"},
		start:    []string{"TILMELD"},
		help:     []string{"HJAELP", "INFO"},
		yes:      []string{"JA"},
	},
	{
		language: "nb",
		stop:     []string{"STOPP", "AVSLUTT", "AVMELD"},
		start:    []string{"PAMELD"},
		help:     []string{"HJELP", "INFO"},
		yes:      []string{"JA"},
	},
	{
		language: "fi",
		stop:     []string{"LOPETA", "PERU", "SEIS"},
		start:    []string{"ALOITA"},
		help:     []string{"APUA", "OHJE", "INFO"},
		yes:      []string{"KYLLA"},
	},
	{
		language: "cs",
		stop:     []string{"KONEC", "ODHLASIT", "ZRUSIT"},
		start:    []string{"PRIHLASIT", "OBNOVIT"},
		help:     []string{"POMOC", "INFO"},
		yes:      []string{"ANO"},
	},
	{
		language: "tr",
		stop:     []string{"DUR", "DURDUR", "IPTAL", "RET", "CIK"},
		start:    []string{"BASLAT", "BASLA"},
		help:     []string{"YARDIM", "BILGI"},
		yes:      []string{"EVET"},
	},
}

// spoken are the languages that count for the numbers of a country, the main
// one first. English counts everywhere and stands only where it comes first or
// the order matters; other countries have English alone.
var spoken = map[string][]string{
	"US": {"en", "es"}, "CA": {"en", "fr"}, "PR": {"es", "en"},
	"ES": {"es"}, "MX": {"es"}, "AR": {"es"}, "BO": {"es"}, "CL": {"es"}, "CO": {"es"}, "CR": {"es"}, "CU": {"es"}, "DO": {"es"},
	"EC": {"es"}, "GT": {"es"}, "HN": {"es"}, "NI": {"es"}, "PA": {"es"}, "PE": {"es"}, "PY": {"es"}, "SV": {"es"}, "UY": {"es"}, "VE": {"es"},
	"FR": {"fr"}, "MC": {"fr"}, "GP": {"fr"}, "MQ": {"fr"}, "RE": {"fr"}, "GF": {"fr"}, "SN": {"fr"}, "CI": {"fr"},
	"DE": {"de"}, "AT": {"de"}, "LI": {"de"}, "CH": {"de", "fr", "it"}, "LU": {"fr", "de"}, "BE": {"nl", "fr", "de"},
	"PT": {"pt"}, "BR": {"pt"}, "AO": {"pt"}, "MZ": {"pt"},
	"IT": {"it"}, "SM": {"it"}, "VA": {"it"},
	"NL": {"nl"}, "SR": {"nl"}, "PL": {"pl"}, "SE": {"sv"}, "DK": {"da"}, "NO": {"nb"}, "FI": {"fi", "sv"}, "CZ": {"cs"}, "TR": {"tr"},
}
