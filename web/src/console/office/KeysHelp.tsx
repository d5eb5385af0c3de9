import { Modal } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from '../../shared/i18n';
import { keyName, keysNow } from '../../shared/keys';


export default function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const groups = useMemo(() => {
    const all = new Map<string, Map<string, string>>();
    for (const { group, acts } of keysNow()) {
      if (group === 'keys.group.grid') continue; // told below, wherever one is
      const place = all.get(group) ?? new Map<string, string>();
      for (const act of acts) if (!place.has(act.label)) place.set(act.label, act.keys);
      all.set(group, place);
    }
    return [...all];
  }, []);
  return (
    <Modal open onCancel={onClose} footer={null} title={t('keys.title')} width={640}>
      <div className="keys-help">
        {groups.map(([group, acts]) => (
          <section key={group}>
            <h3>{t(group)}</h3>
            <dl>
              {[...acts].map(([label, keys]) => (
                <div key={label}>
                  <dt>{t(label)}</dt>
                  <dd>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{keyName(key)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t('keys.group.grid')}</h3>
          <dl>
            {(
              [
                ['keys.move', 'j k'],
                ['keys.select', 'x'],
                ['keys.peek', 'Space'],
                ['keys.open', 'Enter'],
              ] as const
            ).map(([label, keys]) => (
              <div key={label}>
                <dt>{t(label)}</dt>
                <dd>
                  {keys.split(' ').map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <p>
        <a href="/docs" target="_blank" rel="noreferrer">
          {t('office.docs')}
        </a>
      </p>
    </Modal>
  );
}
