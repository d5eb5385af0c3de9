// Files that people bring: what the server says of them, and the way from its mapping to the table of the screen and back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { patchPath, readPath, sendPath } from '../../shared/api/client';

export const kinds = ['products', 'stock', 'customers', 'orders'] as const;
export type Kind = (typeof kinds)[number];

/** What somebody must be allowed to bring rows of a kind; to take them out; and where they are found afterwards. */
export const about: Record<Kind, { write: string; read: readonly string[]; href: string }> = {
  products: { write: 'catalog.write', read: ['catalog.read'], href: '/products' },
  stock: { write: 'stock.adjust', read: ['stock.read'], href: '/stock' },
  customers: { write: 'customer.write', read: ['customer.read', 'personal.read'], href: '/customers' },
  orders: { write: 'order.create', read: ['order.read'], href: '/orders' },
};

interface Counts {
  rows: number;
  new: number;
  changed: number;
  unchanged: number;
  wrong: number;
}

export interface Rule {
  field: string;
  column?: string;
  constant?: string;
  format?: string;
  unit?: string;
  map?: Record<string, string>;
}

export interface Mapping {
  columns: Rule[];
  decimal?: '.' | ',';
  currency?: string;
  time_zone?: string;
  update: boolean;
}

export interface Upload {
  id: string;
  version: number;
  kind: Kind;
  state: 'mapping' | 'checking' | 'checked' | 'running' | 'done' | 'cancelled' | 'failed';
  file_name?: string;
  file: { format: string; encoding?: string; delimiter?: string; bytes: number; rows: number; blank?: number; columns: { name: string; samples: string[] }[] };
  mapping: Mapping;
  mapping_source: 'guessed' | 'saved' | 'given';
  checked: Counts;
  ran: Counts;
  documents_done: number;
  errors: number;
  message?: string;
  actor_name?: string;
  created_at: string;
  updated_at: string;
  finished_at?: string;
  expires_at: string;
}

export interface Field {
  name: string;
  type: string;
  required: boolean;
  choices: string[];
}

export interface RowError {
  n: number;
  line: number;
  column?: string;
  field?: string;
  code: string;
  detail: string;
  key?: string;
  raw?: string;
}

export const busy = (upload: Pick<Upload, 'state'>) => upload.state === 'checking' || upload.state === 'running';

const POLL_MS = 800;
const one = (id: string) => ['imports', 'one', id] as const;

export function useUpload(id: string) {
  return useQuery({
    queryKey: one(id),
    queryFn: ({ signal }) => readPath<Upload>(`/v1/imports/${id}`, {}, signal),
    refetchInterval: (query) => (query.state.data && busy(query.state.data) ? POLL_MS : false),
  });
}

export function useUploads() {
  return useQuery({
    queryKey: ['imports', 'list'],
    queryFn: ({ signal }) => readPath<{ data: Upload[] }>('/v1/imports', { limit: 100 }, signal),
    refetchInterval: (query) => (query.state.data?.data.some(busy) ? POLL_MS * 2 : false),
  });
}

export function useFields(kind: Kind | undefined) {
  return useQuery({
    queryKey: ['import_fields', kind],
    enabled: kind !== undefined,
    staleTime: Infinity,
    queryFn: async ({ signal }) => (await readPath<{ data: Field[] }>('/v1/import_fields', { kind }, signal)).data,
  });
}

interface Bring {
  kind: Kind;
  file: Blob;
  name: string;
  encoding?: string | undefined;
  delimiter?: string | undefined;
}

export function bring({ kind, file, name, encoding, delimiter }: Bring): Promise<Upload> {
  const asked = new URLSearchParams({ kind, file_name: name.slice(0, 255) });
  if (encoding) asked.set('encoding', encoding);
  if (delimiter) asked.set('delimiter', delimiter);
  return sendPath<Upload>('POST', `/v1/imports?${asked}`, file);
}

export const remap = (id: string, mapping: Mapping, version: number) => patchPath<Upload>(`/v1/imports/${id}`, { mapping }, version);

/** Begins a pass, or ends it. */
export function usePass(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (verb: 'dry_run' | 'run' | 'cancel') => sendPath<Upload>('POST', `/v1/imports/${id}/${verb}`),
    onSuccess: (upload) => {
      client.setQueryData(one(id), upload);
      void client.invalidateQueries({ queryKey: ['imports', 'list'] });
    },
  });
}

export const keep = (client: ReturnType<typeof useQueryClient>, upload: Upload) => client.setQueryData(one(upload.id), upload);
