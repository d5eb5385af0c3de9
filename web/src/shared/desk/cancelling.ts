// What a cancellation or a rejection would do: asked of the server, which decides it as it will decide the act itself.
import { useQuery } from '@tanstack/react-query';
import { sendPath, type Schemas } from '../api/client';

export type CancelPreview = Schemas['CancelPreview'];

export function useCancelPreview(order: { id: string; version?: number | undefined }, what: 'cancel' | 'reject', body: object, enabled = true) {
  return useQuery({
    queryKey: ['orders', 'preview', order.id, order.version, what, body],
    queryFn: () => sendPath<CancelPreview>('POST', `/v1/orders/${order.id}/${what}/preview`, body),
    enabled,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
}
