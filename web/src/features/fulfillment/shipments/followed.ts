import { useQuery } from '@tanstack/react-query';
import { readPath } from '../../../shared/api/client';

export interface Followed {
  path: string;
  expected?: { deliver_by?: string; time_zone?: string };
  promised?: string;
  changes?: { at?: string; from?: string; to?: string; reason?: string }[];
}

/** What the customer sees is what staff should know: the same source tells the promise and why it moved. */
export const useFollowed = (order: string) =>
  useQuery({
    queryKey: ['orders', 'followed', order],
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<Followed> => {
      const { token, path } = await readPath<{ token: string; path: string }>(`/v1/orders/${order}/tracking_link`, {}, signal);
      return { ...(await readPath<Omit<Followed, 'path'>>(`/v1/track/${token}`, {}, signal)), path };
    },
  });
