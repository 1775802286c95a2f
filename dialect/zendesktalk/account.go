package zendesktalk

import (
	"errors"
	"net/http"

	"github.com/wirechief/wirechief"
)

// accountNames turns the domain's names into the vendor's.
var accountNames = map[string]string{
	"queue_size": "maximum_queue_size", "queue_minutes": "maximum_queue_wait_time",
	"knowledge_groups": "knowledge_suggestions_group_ids", "ai_lines": "voice_ai_enabled_lines",
	"qa_lines": "voice_zendesk_qa_enabled_lines", "boosted_keywords": "voice_transcriptions_boosted_keywords", "locales": "supported_locales",
}

func accountSettingsOf(a *wirechief.AccountVoice) accountSettings {
	locales := a.Locales
	if locales == nil {
		locales = []string{language}
	}
	return accountSettings{
		AgentConfirmationWhenForwarding: a.ConfirmForwarded, AgentWrapUpAfterCalls: true,
		KnowledgeSuggestionsEnabled: a.Knowledge, KnowledgeSuggestionsGroupIDs: listed(a.KnowledgeGroups),
		MaximumQueueSize: a.QueueSize, MaximumQueueWaitTime: a.QueueMinutes, OnlyDuringBusinessHours: a.BusinessHours,
		RecordingsPublic: a.RecordingsPublic, SupportedLocales: locales, Voice: a.Voice,
		VoiceAIDisplayTranscript: a.AITranscript, VoiceAIEnabled: a.AI, VoiceAIEnabledLines: listed(a.AILines),
		VoiceTranscriptionsBoostedKeywords: a.BoostedKeywords, VoiceTranscriptionsBoostedKeywordsEnabled: a.BoostKeywords,
		VoiceTranscriptionsPCIRedaction: a.RedactPCI, VoiceTranscriptionsPIIRedaction: a.RedactPII,
		VoiceZendeskQAEnabled: a.QA, VoiceZendeskQAEnabledLines: listed(a.QALines),
	}
}

// accountVoice is the key of the only settings that an account has.
const accountVoice = "voice"

// showAccountSettings gives them (zendesktalk: GET /settings, response 200, settings).
func (s *server) showAccountSettings(c *call) error {
	a, err := s.core.AccountVoice().Get(c.r.Context(), c.p.Tenant, accountVoice)
	if err != nil {
		return err
	}
	c.writeOne(http.StatusOK, "settings", accountSettingsOf(&a))
	return nil
}

// updateAccountSettings changes what is sent of them. What can only be read is
// ignored (zendesktalk: PUT /settings, agent_confirmation_when_forwarding,
// knowledge_suggestions_enabled, knowledge_suggestions_group_ids,
// maximum_queue_size, maximum_queue_wait_time, only_during_business_hours,
// recordings_public, supported_locales, voice, voice_ai_display_transcript, voice_ai_enabled,
// voice_ai_enabled_lines, voice_transcriptions_boosted_keywords,
// voice_transcriptions_boosted_keywords_enabled,
// voice_transcriptions_pci_redaction, voice_transcriptions_pii_redaction,
// voice_zendesk_qa_enabled, voice_zendesk_qa_enabled_lines; zendesktalk: PUT
// /settings, response 200, settings).
func (s *server) updateAccountSettings(c *call) error {
	record, _, err := c.wrapped("settings")
	if err != nil {
		return err
	}
	var confirm, knowledge, hours, public, voice, ai, transcript, boost, pci, pii, qa wirechief.Patch[bool]
	var size, minutes wirechief.Patch[int]
	var groups, lines, qaLines wirechief.Patch[[]int64]
	var keywords wirechief.Patch[string]
	var locales wirechief.Patch[[]string]
	if err := errors.Join(
		record.flag("agent_confirmation_when_forwarding", &confirm),
		record.flag("knowledge_suggestions_enabled", &knowledge),
		record.ids("knowledge_suggestions_group_ids", &groups),
		record.integer("maximum_queue_size", &size),
		record.integer("maximum_queue_wait_time", &minutes),
		record.flag("only_during_business_hours", &hours),
		record.flag("recordings_public", &public),
		read(record, "supported_locales", true, "an array of texts", readTexts, &locales),
		record.flag("voice", &voice),
		record.flag("voice_ai_display_transcript", &transcript),
		record.flag("voice_ai_enabled", &ai),
		record.ids("voice_ai_enabled_lines", &lines),
		record.text("voice_transcriptions_boosted_keywords", true, &keywords),
		record.flag("voice_transcriptions_boosted_keywords_enabled", &boost),
		record.flag("voice_transcriptions_pci_redaction", &pci),
		record.flag("voice_transcriptions_pii_redaction", &pii),
		record.flag("voice_zendesk_qa_enabled", &qa),
		record.ids("voice_zendesk_qa_enabled_lines", &qaLines),
	); err != nil {
		return err
	}
	a, err := s.core.AccountVoice().Put(c.r.Context(), c.p, accountVoice, func(a *wirechief.AccountVoice) error {
		confirm.Apply(&a.ConfirmForwarded)
		knowledge.Apply(&a.Knowledge)
		groups.Apply(&a.KnowledgeGroups)
		size.Apply(&a.QueueSize)
		minutes.Apply(&a.QueueMinutes)
		hours.Apply(&a.BusinessHours)
		public.Apply(&a.RecordingsPublic)
		locales.Apply(&a.Locales)
		voice.Apply(&a.Voice)
		transcript.Apply(&a.AITranscript)
		ai.Apply(&a.AI)
		lines.Apply(&a.AILines)
		keywords.Apply(&a.BoostedKeywords)
		boost.Apply(&a.BoostKeywords)
		pci.Apply(&a.RedactPCI)
		pii.Apply(&a.RedactPII)
		qa.Apply(&a.QA)
		qaLines.Apply(&a.QALines)
		return nil
	})
	if err != nil {
		return renamed(err, accountNames)
	}
	c.writeOne(http.StatusOK, "settings", accountSettingsOf(&a))
	return nil
}
