/** Ways to send events, each with this server's address and the source's key filled in. */
export const platforms = ['wend.js', 'analytics-next', 'analytics-node', 'rudder-node', 'Go', 'Python', 'curl'] as const
export type Platform = (typeof platforms)[number]

export function snippet(platform: Platform, origin: string, key: string): string {
  switch (platform) {
    case 'wend.js':
      return `<script async src="${origin}/wend.js" data-key="${key}"></script>
<script>
  window.wend = window.wend || []
  wend.push(['track', 'Product Viewed', { product_id: 'P-1', price: 990 }])
  wend.push(['identify', 'customer-42', { email: 'kari@example.com' }])
</script>`
    case 'analytics-next':
      return `// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next'

const analytics = AnalyticsBrowser.load({ writeKey: '${key}', cdnURL: '${origin}' })
analytics.page()
analytics.track('Product Viewed', { product_id: 'P-1', price: 990 })`
    case 'analytics-node':
      return `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: '${key}', host: '${origin}' })
analytics.track({ userId: 'customer-42', event: 'Order Completed', properties: { order_id: 'O-1', revenue: 1490 } })
await analytics.closeAndFlush()`
    case 'rudder-node':
      return `// npm install @rudderstack/rudder-sdk-node
import RudderAnalytics from '@rudderstack/rudder-sdk-node'

const client = new RudderAnalytics('${key}', { dataPlaneUrl: '${origin}' })
client.track({ userId: 'customer-42', event: 'Order Completed', properties: { order_id: 'O-1', revenue: 1490 } })
client.flush()`
    case 'Go':
      return `// go get github.com/segmentio/analytics-go/v3
client, err := analytics.NewWithConfig("${key}", analytics.Config{Endpoint: "${origin}"})
if err != nil {
	return err
}
defer client.Close()
err = client.Enqueue(analytics.Track{
	UserId:     "customer-42",
	Event:      "Order Completed",
	Properties: analytics.NewProperties().Set("order_id", "O-1").SetRevenue(1490),
})`
    case 'Python':
      return `# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "${key}"
analytics.host = "${origin}"
analytics.track("customer-42", "Order Completed", {"order_id": "O-1", "revenue": 1490})
analytics.flush()`
    case 'curl':
      return `curl ${origin}/v1/track -u '${key}:' -H 'Content-Type: application/json' -d '{
  "userId": "customer-42",
  "event": "Order Completed",
  "properties": { "order_id": "O-1", "revenue": 1490 }
}'`
  }
}

/** Which platform a source of a kind is shown first. */
export function firstPlatform(kind: string | undefined): Platform {
  return kind === 'server' ? 'analytics-node' : kind === 'other' || kind === 'import' ? 'curl' : 'wend.js'
}

export function importLine(origin: string, key: string): string {
  return `wend import events.ndjson.gz --format segment-ndjson \\
  --server ${origin} --key ${key}`
}
