// antd in our colors. Its tokens are read from the same custom properties that plain CSS uses, so themes stay one.
import { CloseCircleFilled, LoadingOutlined } from '@ant-design/icons';
import { App, ConfigProvider, theme as antd, type ThemeConfig } from 'antd';
import type { Locale } from 'antd/es/locale';
import { useLayoutEffect, useMemo, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { useTranslation, type Language } from '../../shared/i18n';
import { effective, getTheme, onTheme } from '../../shared/ui/theme';

// antd's own words, of the languages that were spoken.
const locales = new Map<string, Locale>();
const load = {
  en: () => import('antd/es/locale/en_US'),
  'zh-CN': () => import('antd/es/locale/zh_CN'),
  'zh-TW': () => import('antd/es/locale/zh_TW'),
};
export const loadLocale = async (language: Language) => void locales.set(language, (await load[language]()).default);

function tokens(name: ReturnType<typeof effective>): ThemeConfig {
  const style = getComputedStyle(document.documentElement);
  const v = (property: string) => style.getPropertyValue(`--${property}`).trim();
  return {
    algorithm: name === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: 'ordo' },
    hashed: false,
    token: {
      fontFamily: v('font'),
      fontSize: 14,
      controlHeight: 32,
      borderRadius: 6,
      colorPrimary: v('accent'),
      colorLink: v('accent'),
      // antd would make these lighter by itself: too light to be read.
      colorLinkHover: v('accent-strong'),
      colorLinkActive: v('accent-strong'),
      colorText: v('text'),
      colorTextSecondary: v('text-2'),
      colorTextTertiary: v('text-3'),
      colorTextDescription: v('text-2'),
      colorTextPlaceholder: v('text-3'),
      colorTextQuaternary: v('text-3'),
      colorBgContainer: v('panel'),
      colorBgElevated: v('panel'),
      colorBgLayout: v('bg'),
      colorBorder: v('line-strong'),
      colorBorderSecondary: v('line'),
      colorSuccess: v('good'),
      colorWarning: v('warn'),
      colorError: v('bad'),
      colorInfo: v('info'),
      colorTextLightSolid: v('on-accent'),
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.16s',
    },
  };
}

// An icon of our own comes and goes at once: antd's waits for a movement to end, and stays where a short wait had none.
const button = { autoInsertSpace: false, loadingIcon: <LoadingOutlined /> };

/** The button around it says "Clear" in every language. */
function ClearIcon() {
  const { t } = useTranslation();
  const icon = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => icon.current?.closest('button')?.setAttribute('aria-label', t('common.clear_field')), [t]);
  return <CloseCircleFilled ref={icon} aria-hidden />;
}
const select = { clearIcon: <ClearIcon /> };

export function Themed({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const name = useSyncExternalStore(onTheme, () => effective(getTheme()));
  const config = useMemo(() => tokens(name), [name, i18n.language]);
  return (
    <ConfigProvider locale={locales.get(i18n.language)} theme={config} button={button} select={select}>
      <App style={{ height: '100%' }}>{children}</App>
    </ConfigProvider>
  );
}
