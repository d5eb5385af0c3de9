// The company's own settings that forms lean on.
import { useQuery } from '@tanstack/react-query';
import { readPath } from '../api/client';
import { useMay } from '../api/session';

interface SettingRow {
  key: string;
  value: string;
}

/** Currency, language and zone of the company; USD until it is known. */
export function useCompany(): { currency: string; language: string; time_zone: string } {
  const may = useMay();
  const found = useQuery({
    queryKey: ['settings', 'company'],
    enabled: may('master.read'),
    staleTime: 300_000,
    queryFn: async () => (await readPath<{ data: SettingRow[] }>('/v1/settings', { limit: 200 })).data,
  });
  const value = (key: string, other: string) => found.data?.find((row) => row.key === `company.${key}`)?.value ?? other;
  return { currency: value('currency', 'USD'), language: value('language', 'en'), time_zone: value('time_zone', 'UTC') };
}
