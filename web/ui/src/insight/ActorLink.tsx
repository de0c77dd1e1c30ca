import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { personQuery } from '../people/queries'
import type { Actor } from '../ui/range'
import { personName } from '../ui/personName'
import { accountNameQuery } from './queries'

/** A person or an account by name, with a link to what is known of it. */
export function ActorLink({ id, actor }: { id: string; actor: Actor }) {
  const person = useQuery({ ...personQuery(id), enabled: actor === 'profile' })
  const account = useQuery({ ...accountNameQuery(id), enabled: actor === 'account' })
  const name = actor === 'account' ? account.data : person.data && personName(person.data)
  return (
    <Anchor component={Link} to={actor === 'account' ? '/people/account/$id' : '/people/$id'} params={{ id } as never} fw={600} size="sm">
      {name ?? id}
    </Anchor>
  )
}
