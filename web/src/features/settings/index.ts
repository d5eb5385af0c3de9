// What other features may use of settings.
export { SettingsTabs } from './Tabs';
