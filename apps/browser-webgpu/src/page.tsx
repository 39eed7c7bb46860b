import { defaultPictures } from './defaults.js';
import { Inside } from './inside/inside.js';
import { KeepPanel } from './keep/panel.js';
import { NoticeList } from './notices/noticeList.js';
import { settings } from './settings/settings.js';
import { TrainPanel } from './train/panel.js';
import { TryIt } from './tryIt/tryIt.js';

/** The whole page. */
export function Page() {
  const pictures = settings.value.data === 'own' ? 'your own pictures' : defaultPictures.words;
  return (
    <>
      <header class="top">
        <h1>Watch a ResNet learn</h1>
        <p>
          A residual network trains on {pictures}, in this tab, on your own GPU or processor. Nothing is
          installed, nothing is sent anywhere.
        </p>
      </header>
      <main>
        <NoticeList />
        <TrainPanel />
        <Inside />
        <TryIt />
        <KeepPanel />
      </main>
      <footer class="bottom">
        <p>
          <a href="https://github.com/residual-js/residual">Residual</a>: residual networks wherever
          JavaScript runs. Pictures: {defaultPictures.credit}.
        </p>
      </footer>
    </>
  );
}
