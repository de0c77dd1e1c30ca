import data from './data.json'
import home from './home.json'
import insight from './insight.json'
import journey from './journey.json'
import people from './people.json'
import segment from './segment.json'
import settings from './settings.json'
import shell from './shell.json'

export default { shell, home, journey, insight, people, segment, data, settings }
