/// <reference types="vite/client" />
declare module 'virtual:rooms' {
  type Load = () => Promise<{ default: import('./shared/i18n/translate').Catalog }>;
  /** The rooms whose texts a room's screens need. */
  export const needs: Record<string, string[]>;
  export const load: Record<string, Record<import('./shared/i18n').Language, Load>>;
}
declare module 'virtual:texts/*' {
  const texts: import('./shared/i18n/translate').Catalog;
  export default texts;
}
