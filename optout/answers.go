package optout

import "strings"

// answers are the sentences of a language: {} is who the texts are from. Each
// fits into one segment of GSM-7 with a name of up to thirty letters, so words
// with letters that GSM-7 lacks are avoided.
type answers struct{ stop, start, help string }

var sentences = map[string]answers{
	"en": {
		stop:  "{}: You have opted out and will get no more messages from this number. Text START to get them again.",
		start: "{}: You will get messages from this number again. Text STOP to end them, HELP for help.",
		help:  "{}: Text STOP to get no more messages from this number, START to get them again.",
	},
	"es": {
		stop:  "{}: Baja confirmada. Ya no le enviaremos mensajes. Para volver a recibirlos, responda START.",
		start: "{}: Alta confirmada. Responda STOP para no recibir mensajes, AYUDA para ayuda.",
		help:  "{}: Responda STOP para no recibir mensajes, START para volver a recibirlos.",
	},
	"fr": {
		stop:  "{}: Désinscription confirmée. Vous ne recevrez plus de messages. Répondez START pour en recevoir à nouveau.",
		start: "{}: Vous recevrez à nouveau nos messages. Répondez STOP pour y mettre fin, AIDE pour obtenir de l'aide.",
		help:  "{}: Répondez STOP pour ne plus recevoir de messages, START pour en recevoir à nouveau.",
	},
	"de": {
		stop:  "{}: Sie sind abgemeldet und erhalten keine Nachrichten mehr. Mit START melden Sie sich wieder an.",
		start: "{}: Sie erhalten wieder Nachrichten. Mit STOP melden Sie sich ab, HILFE für Hilfe.",
		help:  "{}: Mit STOP erhalten Sie keine Nachrichten mehr, mit START wieder.",
	},
	"it": {
		stop:  "{}: Cancellazione confermata, non riceverà altri messaggi. Risponda START per riceverli di nuovo.",
		start: "{}: Riceverà di nuovo i messaggi. Risponda STOP per non riceverli, AIUTO per assistenza.",
		help:  "{}: Risponda STOP per non ricevere altri messaggi, START per riceverli di nuovo.",
	},
	"pt": {
		stop:  "{}: Cancelamento confirmado. Para voltar a receber mensagens, responda START.",
		start: "{}: As mensagens foram retomadas. Responda STOP para cancelar, AJUDA para ajuda.",
		help:  "{}: Responda STOP para deixar de receber mensagens, START para voltar a receber.",
	},
	"nl": {
		stop:  "{}: U bent afgemeld en ontvangt geen berichten meer. Met START meldt u zich weer aan.",
		start: "{}: U ontvangt weer berichten. Met STOP meldt u zich af, HULP voor hulp.",
		help:  "{}: Met STOP ontvangt u geen berichten meer, met START weer wel.",
	},
}

// Answer is the sentence that answers a word: in its language, or in English
// where there is none; from says who the texts are from. A word that is
// answered by nothing gives "".
func Answer(w Word, from string) string {
	in, ok := sentences[w.Language]
	if !ok {
		in = sentences[English]
	}
	sentence := ""
	switch w.Kind {
	case Stop:
		sentence = in.stop
	case Start, Yes:
		sentence = in.start
	case Help:
		sentence = in.help
	}
	return strings.Replace(sentence, "{}", from, 1)
}
