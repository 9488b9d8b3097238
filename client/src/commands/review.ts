// Commands of the review: keys that people can change. Each acts on the page that has the focus.
import type { ReviewCommand } from '#protocol/page/review.ts';

import type { DatasetPages } from '../webview/datasetPages.ts';
import type { Commands } from './register.ts';

export function reviewCommands(pages: DatasetPages): Commands {
  const act = (command: ReviewCommand) => (): void => {
    pages.reviewing?.reviewAct(command);
  };
  return {
    'preflens.review.next': act('next'),
    'preflens.review.previous': act('previous'),
    'preflens.review.keep': act('keep'),
    'preflens.review.flip': act('flip'),
    'preflens.review.drop': act('drop'),
    'preflens.review.tie': act('tie'),
    'preflens.review.skip': act('skip'),
    'preflens.review.undo': act('undo'),
    'preflens.review.first': act('first'),
    'preflens.review.second': act('second'),
    'preflens.review.reason': act('reason'),
    'preflens.review.tags': act('tags'),
    'preflens.review.pause': act('pause'),
    'preflens.review.reasonNumber': (number: 1) => {
      act(`reason${number}`)();
    },
  };
}
