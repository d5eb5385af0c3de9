// Two shells behind one address: /floor and /kds are the floor's, everything else is the office's.
import '../shared/ui/base.css';
import { startTheme } from '../shared/ui/theme';

startTheme();
if (/^\/(floor|kds)(\/|$)/.test(location.pathname)) void import('./floor/start').then((shell) => shell.start());
else void import('./office/start').then((shell) => shell.start());
