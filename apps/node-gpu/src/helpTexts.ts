import { comparisons, photos, recipes } from '@residual/recipes';
import { defaultSource } from './defaults.js';

const names = Object.keys(recipes);
const [first = '', last = first] = [names[0], names.at(-1)];
const recipeLines = [...Object.values(recipes), photos]
  .map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n');
const comparisonLines = Object.values(comparisons)
  .map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n');
const EXIT_CODES = `
Exit codes:
  0    done
  1    failed; stderr says why, in one line
  2    the command line can't work as it is; stderr says why
  130  train or compare was stopped by Ctrl-C (143: by SIGTERM, 129: by its terminal closing); a checkpoint was saved
`;

/** What follows the list of options in each command's help. */
export const helpTexts = {
  main: `
Examples:
  $ residual train                       train what suits this machine, in ./runs
  $ residual train photos                on pictures of your own: a folder with a folder for each class
  $ residual data photos                 look at a folder of pictures first
  $ residual predict shoe.jpg            name what's in a picture, with the newest run
  $ residual summary d2l-resnet18        the chapter's network, layer by layer
  $ residual train --help                all options of a command
${EXIT_CODES}`,

  train: `
Recipes:
${recipeLines}

A run folder holds config.json, history.json, events.jsonl, checkpoint/, model.safetensors, curves.svg and curves.png.
Ctrl-C saves a checkpoint and says how to go on; a second Ctrl-C stops at once.
With --halve-batch, config.json holds the batch that the run began with in the end, which --resume keeps.
--import takes an ES module that calls defineModel, defineStep, defineSource, defineLoss or defineOptimizer. The run
remembers it: --resume, evaluate and predict import it again.

Examples:
  $ residual train                                    the recipe that suits this machine, on ${defaultSource.name}
  $ residual train --recipe ${first} --epochs 3            a recipe, shorter
  $ residual train --minutes 10                       as many epochs as fit into ten minutes
  $ residual train --model resnet18 --limit 1000      another network, on 1000 images
  $ residual train pictures                           on a folder with a folder of pictures for each class
  $ residual train pictures --preview seen.png        draw what the network will get, and train nothing
  $ residual train pictures --no-flip --size 96       of letters, arrows or hands, which must not be mirrored
  $ residual train --import mine.js --model mine      a network of your own
  $ residual train --print-config > mine.json         what would run; to edit, and then:
  $ residual train --config mine.json --epochs 2
  $ residual train --resume runs/2026-01-31T12-00-00-${last}
  $ residual train pictures --weights runs/mine        begin with what another run has learnt, of other classes too
  $ residual train --resume runs/mine --data moved    the same pictures, in another place
  $ residual train --log tensorboard                  then: tensorboard --logdir runs
  $ residual train --log csv,mlflow=http://localhost:5000
  $ residual train --json | jq .                      one event a line
${EXIT_CODES}`,

  compare: `
Comparisons:
${comparisonLines}

Runs that are there are only judged. All others are trained one after the other: the same images, the same seeds, and as
many epochs for each as all of them have time for. Runs of the same seed and images are compared pairwise: the difference
in accuracy with its 95 % confidence interval, and McNemar's test. The folder keeps the runs, result.json, and the
curves as comparison.svg and comparison.png. Ctrl-C saves, and says how to go on.
Choose by the validation part; judging by --part test is noted in each run, as by evaluate.

Examples:
  $ residual compare depth                            a comparison of the chapter, in ten minutes
  $ residual compare depth --minutes 60 --limit 60000 --seeds 3
  $ residual compare quick mine.json                  a recipe beside a configuration of your own
  $ residual compare runs/a runs/b --part test        runs that are there
  $ residual compare --resume runs/2026-01-31T12-00-00-depth
${EXIT_CODES}`,

  findRate: `
A learning rate range test: a step with each rate, from small to large, until the loss diverges. Nothing of it is kept.
It takes the network, the pictures, the loss and the optimizer that train would take with the same options. The
suggestion is the rate at which the smoothed loss falls fastest: one to begin with.

Examples:
  $ residual find-rate                              for the recipe that suits this machine
  $ residual find-rate pictures --model resnet18    for a network, on pictures of your own
  $ residual find-rate --optimizer adamw --json | jq .suggestion
  $ residual find-rate --config mine.json --from 1e-4 --to 1 --steps 200
${EXIT_CODES}`,

  evaluate: `
Examples:
  $ residual evaluate                               the newest run in ./runs, on all its test images
  $ residual evaluate --run runs/2026-01-31T12-00-00-${last} --limit 1000
  $ residual evaluate --tta mirror                  judged by mirror images too, beside the plain figure
  $ residual evaluate --best                        the best epoch's model, by validation
  $ residual evaluate --data pictures               on other pictures: classes are matched by their names
${EXIT_CODES}`,

  log: `
Makes logs of what a run's events.jsonl holds, of a run that is over or was stopped. What a log has already is not written again, so this also sends
what a server didn't get while the run went on. Not while the run is training: train --log is for that.

Addresses and keys may come by the variables of the servers' own clients: MLFLOW_TRACKING_URI, MLFLOW_TRACKING_USERNAME and
_PASSWORD, MLFLOW_TRACKING_TOKEN, MLFLOW_EXPERIMENT_NAME; TRACKIO_SERVER_URL, TRACKIO_WRITE_TOKEN, TRACKIO_PROJECT.

Examples:
  $ residual log tensorboard,csv                    of the newest run in ./runs
  $ residual log mlflow=http://localhost:5000 --run runs/2026-01-31T12-00-00-${last}
  $ residual log trackio                            where TRACKIO_SERVER_URL says
${EXIT_CODES}`,

  predict: `
A picture may have any size: the steps of the run's task make it what the network sees. Of a folder, the pictures in it
and in the folders inside are named, in natural order. One that can't be read is told on stderr, and the command fails
after the others. --csv prints a row a picture; a path that a spreadsheet would take for a formula gets ./ before it,
such a label an apostrophe.

Examples:
  $ residual predict shoe.jpg
  $ residual predict photos --csv > named.csv
  $ find . -name '*.jpg' | residual predict - --top 1 --json
  $ residual predict photos --embed --csv > features.csv
  $ residual predict cat.jpg --weights resnet50-11ad3fa6.pth --model torchvision/resnet50-v2
  $ residual predict cat.jpg --weights hf://timm/resnet18.a1_in1k
  $ residual predict shoe.jpg --weights residual/resnet20-fashion-mnist
${EXIT_CODES}`,

  data: `
Looks at every picture and prints classes and sizes, what is passed over and why, equal pictures and such as look alike
(saved or resized again), those in several classes or parts, blank and tiny ones, how even the classes are, and what
train would do with the same options. Finding something is no failure: the exit code is 1 where train would not begin.

Examples:
  $ residual data photos                            a folder with a folder of pictures for each class
  $ residual data photos/labels.csv
  $ residual data photos.zip --json | jq .nearDuplicates
  $ residual data photos --shards photos-shards     for many pictures and machines: train --data photos-shards
${EXIT_CODES}`,

  summary: `
Shapes are in the order batch, height, width, channels. Multiplications (each with an addition) are those of
convolutions and linear layers, forward; activations are the outputs of all layers in float32. All for one picture.

Examples:
  $ residual summary                                all networks
  $ residual summary d2l-resnet18
  $ residual summary resnet50 --json
  $ residual summary googlenet --mermaid > googlenet.mmd
  $ residual summary --run runs/mine                the network of a run, for its pictures and classes
  $ residual summary --import mine.js mine
${EXIT_CODES}`,

  convert: `
Nothing in a file is executed. What network it is says the file, if it is a run's or a folder of timm or transformers;
else --model. A row also brings the task: how pictures are prepared, and what the classes are called.

Examples:
  $ residual convert resnet50-11ad3fa6.pth resnet50.safetensors --model torchvision/resnet50-v2
  $ residual predict cat.jpg --weights resnet50.safetensors
  $ residual convert mine.pth mine.safetensors --model resnet18 --task mine-task.json
  $ residual convert runs/mine mine-timm --names timm
  $ residual convert runs/mine mine.safetensors --names torchvision
${EXIT_CODES}`,

  verify: `
What comes is compared with history.json after each epoch, and with model.safetensors in the end: a run that is computed
again gives the same bytes, on any number of threads. Nothing is written. Exit code 1 where something differs.
With --from or --to, only what lies between two checkpoints that the run has kept, and the state of the second is
compared: the hashes of all that were saved are in events.jsonl. train --keep-every keeps more of them.

Examples:
  $ residual verify                                 the newest run in ./runs, from its beginning
  $ residual verify runs/mine --to 4690             the steps from the checkpoint before to this one
  $ residual verify runs/mine --epochs 1            its first epoch
  $ residual verify --against docs/runs/quick       what is recorded in the repository, on this machine
${EXIT_CODES}`,

  diff: `
Compares the settings of two runs, the hashes of the states that they have saved, the checkpoints that both have kept,
and their histories. Exit code 0 where all are the same, 1 where something differs.
Where a state differs, both are computed again from the last that both have kept, each with its own backend, up to that
state: the first step, layer and operation of which they have other bits is named. Nothing is written.

Examples:
  $ residual diff runs/mine runs/again
  $ residual diff runs/mine runs/again --no-compute
  $ residual diff runs/mine runs/again --json
${EXIT_CODES}`,

  scaleOut: `
The folder holds the run's checkpoint, its pictures and a train.py for PyTorch, which goes on with the same weights,
optimizer, order of pictures and schedule, and saves what --resume takes back. The run itself stays as it is. What
PyTorch would compute otherwise is refused by name, before a file is written.

Examples:
  $ residual scale-out runs/mine --to cluster/mine
  $ residual scale-out runs/mine --to cluster/mine --data-at /data/pictures
  $ residual train --resume cluster/mine            go on here with what came back
${EXIT_CODES}`,

  figure: `
function-classes: what networks of one to five layers can be, computed by trying their weights: nested for residual layers, not for
plain ones. Drag the star, and see how far the closest function is.

Examples:
  $ residual figure function-classes                then open function-classes.html
${EXIT_CODES}`,

  weights: `
Nothing is downloaded: get a file yourself, and give it to convert, predict or summary with the name of its row; or name
what is on the Hugging Face Hub by hf://OWNER/NAME, with which they fetch it.

Examples:
  $ residual weights                                all
  $ residual weights torchvision/resnet50
  $ residual weights timm/resnet50.a1_in1k --json   with its task
${EXIT_CODES}`,

  backends: `
The order is that of --backend auto, which takes the first usable one; tensorflow only on a GPU.

Examples:
  $ residual backends
  $ residual backends --json
${EXIT_CODES}`,

  setup: `
Compiles the native addon of @tensorflow/tfjs-node-gpu against a libtensorflow that you have, into your cache folder.
Needs g++, and npm to get the addon's sources.

Examples:
  $ python3 -m venv tf-venv && tf-venv/bin/pip install tensorflow-cpu        (on a GPU: 'tensorflow[and-cuda]')
  $ residual setup tensorflow --library tf-venv
${EXIT_CODES}`,
};
