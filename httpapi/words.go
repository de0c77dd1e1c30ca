package httpapi

import (
	"maps"

	"github.com/danielgtaylor/huma/v2"
)

// words explains the fields whose own type says nothing of them, because their names mean the same everywhere.
// A test fails for a field that is explained neither by its type, nor here, nor in fieldWords.
func words() map[string]string {
	return map[string]string{
		"account_id":     "Id of the account, 16 hex digits",
		"actor":          "Whose events form one sequence",
		"apiVersion":     "Version of the definition's form",
		"count":          "How many",
		"description":    "For people",
		"edges":          "Moves between nodes of consecutive steps",
		"evidence":       "How well this is known",
		"event":          "Event name, or a list of them (any), or '*' for every event",
		"events":         "Events",
		"failures":       "Visits that failed",
		"from":           "Start of the range, inclusive",
		"id":             "Its id",
		"kind":           "Which kind",
		"median_seconds": "Median time between the two, seconds",
		"meta":           "How the answer came about",
		"metadata":       "Its name, and who looks after it",
		"name":           "Its name",
		"next_cursor":    "Where the next page starts; absent on the last",
		"nodes":          "Places at each step",
		"optional":       "Whether the plan allows passing it by",
		"p90_seconds":    "Nine in ten took no longer, seconds; null when nobody did",
		"people":         "Actors (profiles, or accounts if they are asked for)",
		"persona":        "Id of the persona; empty for all",
		"series":         "One for each value or line",
		"spec":           "Its content",
		"stages":         "In map order",
		"steps":          "In order",
		"title":          "For people",
		"to":             "End of the range, exclusive",
		"touchpoints":    "In map order",
		"value":          "The number",
		"visits":         "Events that match",
	}
}

// fieldWords explains single fields, "Schema.field"; they go before words.
func fieldWords() map[string]string {
	return map[string]string{
		"Cell.text":                    "What the lane says here",
		"CollectStatus.rejected":       "Events with something wrong",
		"Company.budget":               "What it can spend, in words",
		"Company.competitors":          "Whom else it buys from",
		"Company.employees":            "How many work there",
		"Company.industry":             "Its line of business",
		"Curve.kind":                   "assumed: by the team; reported: by answers; observed: by behaviour",
		"Exclusion.to_step":            "The step before which it must not happen, from 1",
		"Fact.difference":              "Between the two figures, in their unit",
		"Fact.high":                    "Upper end of the 95 % interval",
		"Fact.kind":                    "What was found",
		"Figure.unit":                  "What the value counts",
		"FunnelAnswer.series":          "One funnel for each value of the breakdown, the largest first",
		"FunnelQuestion.exclusions":    "Events that spoil an attempt",
		"JourneyAnswer.before":         "The period of equal length before",
		"JourneyAnswer.now":            "The range that was asked for",
		"JourneyEdge.to":               "Index into touchpoints",
		"Lane.cells":                   "What it says, by stage or step",
		"Lane.kind":                    "What the row is about",
		"LiveTouchpoint.channel":       "Where it happens",
		"Mapped.match":                 "Which events it is: any of them",
		"Metadata.team":                "Who works on it",
		"PathEdge.source":              "Node id",
		"PathEdge.target":              "Node id",
		"PeoplePage.people":            "The profiles that were found",
		"Person.events":                "How many events it has",
		"PersonaSpec.age":              "Years",
		"PersonaSpec.career_level":     "Trainee, specialist, head of …",
		"PersonaSpec.company":          "Where the persona works",
		"PersonaSpec.employer":         "Name of the company",
		"PersonaSpec.first_name":       "Made up",
		"PersonaSpec.frustrations":     "What gets in the way",
		"PersonaSpec.goals":            "What the persona wants to get done",
		"PersonaSpec.income":           "In words",
		"PersonaSpec.job":              "Title or trade",
		"PersonaSpec.last_name":        "Made up",
		"PersonaSpec.marital_status":   "In words",
		"PersonaSpec.residence":        "Town or region",
		"Ratings.buy":                  "How easy it is to buy",
		"Ratings.choose":               "How easy it is to choose",
		"Ratings.get":                  "How easy it is to get",
		"Ratings.maintain":             "How easy it is to maintain",
		"Ratings.use":                  "How easy it is to use",
		"Rule.as":                      "The name that those nodes get",
		"Rule.match":                   "RE2 expression over the node's name",
		"TimelineAnswer.events":        "Newest first",
		"Total.sum":                    "Sum of the values",
		"Total.count":                  "Events behind the sum",
		"TouchpointCounts.value_count": "Events behind value",
		"TouchpointSpec.department":    "Who runs it",
		"TouchpointSpec.medium":        "Whether it can be touched",
		"TouchpointSpec.personalised":  "Whether it is made for the one customer",
		"TouchpointSpec.presence":      "Whether it happens on the net",
		"TouchpointView.feeling":       "How it feels",
		"TouchpointView.need":          "What the customer needs here",
		"TouchpointView.question":      "What the customer asks here",
	}
}

// explain fills in what the types left out.
func explain(schemas map[string]*huma.Schema) {
	known := words()
	maps.Copy(known, fieldWords())
	for name, s := range schemas {
		for field, p := range s.Properties {
			if p.Description != "" {
				continue
			}
			if p.Description = known[name+"."+field]; p.Description == "" {
				p.Description = known[field]
			}
		}
	}
}
