// What a write answered is the newest there is: a question asked before it must not put its older answer on top.
import type { QueryClient, QueryKey } from '@tanstack/react-query';

export function keep(client: QueryClient, queryKey: QueryKey, record: unknown) {
  void client.cancelQueries({ queryKey, exact: true });
  client.setQueryData(queryKey, record);
}
