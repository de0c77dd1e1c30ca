package collect

import (
	"encoding/json"
	"net/http"
	"strings"
)

// serveSettings answers what Segment's browser SDK asks its CDN for: that the one integration there is sends to us.
func (c *Collector) serveSettings(w http.ResponseWriter, r *http.Request, key string) {
	if _, no := c.byKey(r.Context(), key); no != nil {
		no.write(w)
		return
	}
	type object = map[string]any
	on := object{"__default": object{"enabled": true}}
	c.writeJSON(w, object{
		"integrations": object{"Segment.io": object{
			"apiKey": key, "apiHost": r.Host + "/v1", "protocol": scheme(r),
			"unbundledIntegrations": []string{}, "addBundledMetadata": true, "maybeBundledConfigIds": object{},
			"versionSettings": object{"version": "4.4.7", "componentTypes": []string{"browser"}},
		}},
		"plan":         object{"track": on, "identify": on, "group": on},
		"edgeFunction": object{}, "analyticsNextEnabled": true, "middlewareSettings": object{}, "enabledMiddleware": object{},
		"metrics":                     object{"sampleRate": 0, "host": r.Host + "/v1"},
		"legacyVideoPluginsEnabled":   false,
		"remotePlugins":               []string{},
		"autoInstrumentationSettings": object{"disableTraffic": true, "sampleRate": 0},
	})
}

// serveSourceConfig answers what RudderStack's SDKs ask their control plane for: a source that is enabled, without
// destinations. The key comes as the Basic user name or in the query.
func (c *Collector) serveSourceConfig(w http.ResponseWriter, r *http.Request) {
	source, no := c.byHeader(r)
	if no == nil && source == nil {
		no = &answer{status: http.StatusUnauthorized, code: "unauthorized", message: "the request carries no write key"}
	}
	if no != nil {
		no.write(w)
		return
	}
	key, _, _ := r.BasicAuth()
	if key == "" {
		key = r.URL.Query().Get("writeKey")
	}
	type object = map[string]any
	off := object{"enabled": false}
	const updated = "2026-01-01T00:00:00.000Z"
	c.writeJSON(w, object{
		"source": object{
			"id": source.ID, "name": source.Name, "writeKey": key, "enabled": true, "workspaceId": "wend",
			"connections": []string{}, "destinations": []string{}, "dataplanes": object{},
			"config":           object{"statsCollection": object{"errors": off, "metrics": off}},
			"sourceDefinition": object{"name": "Javascript"},
			"updatedAt":        updated,
		},
		"updatedAt": updated,
	})
}

func (c *Collector) writeJSON(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: settings do not marshal: " + err.Error())
	}
	w.Header()["Content-Type"] = jsonType
	w.Header().Set("Cache-Control", "public, max-age=60")
	_, _ = w.Write(b) // nobody is left to tell
}

// scheme is how the client reached us, a proxy in front included.
func scheme(r *http.Request) string {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return "https"
	}
	return "http"
}

func (c *Collector) serveScript(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("ETag", c.script.tag)
	h.Add("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == c.script.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	b := c.script.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		b = c.script.zipped
	}
	_, _ = w.Write(b) // nobody is left to tell
}
