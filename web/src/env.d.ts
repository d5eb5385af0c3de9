/// <reference types="vite/client" />
declare module 'virtual:texts/*' {
  const texts: import('./shared/i18n/translate').Catalog;
  export default texts;
}
