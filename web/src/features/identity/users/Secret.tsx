import { CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from '../../../shared/i18n';

/** Something to be copied now, since it is never shown again. */
export function Secret({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <div className="secret">
      <code className="mono">{text}</code>
      <Button
        type="primary"
        icon={<CopyOutlined aria-hidden />}
        onClick={() =>
          void navigator.clipboard.writeText(text).then(
            () => setCopied(true),
            () => undefined,
          )
        }
      >
        <span aria-live="polite">{t(copied ? 'common.copied' : 'common.copy')}</span>
      </Button>
    </div>
  );
}
