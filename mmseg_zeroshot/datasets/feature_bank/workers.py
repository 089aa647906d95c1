"""Processes that extract the shards of a feature bank."""
from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.queues import SimpleQueue
from typing import Any

import cv2
import torch

from mmseg_zeroshot.datasets.protocols import SampleDataset
from mmseg_zeroshot.utils.pace import Pace, duration
from mmseg_zeroshot.utils.sizes import readable_size

from .shards import Extract, ShardPlan, build_shard

Report = Callable[[str], None]


def extract_all(plan: ShardPlan, todo: Sequence[int],
                dataset: SampleDataset, *,
                make_dataset: Callable[[], SampleDataset],
                make_extract: Callable[[str], Extract], workers: int,
                devices: Sequence[str], progress: Progress) -> None:
    """Build shards, here or in other processes.

    Args:
        plan: The plan.
        todo: Indices of the shards.
        dataset: The data set, for work in this process.
        make_dataset: Makes it in another process.
        make_extract: Makes the network on a device.
        workers: Number of processes; 0 works in this one.
        devices: Devices, given to the processes in turn.
        progress: Called with the size of each finished shard.

    Raises:
        RuntimeError: A process died.
    """
    if not todo:
        return
    if not workers:
        extract = make_extract(devices[0])
        for index in todo:
            progress(build_shard(plan, index, dataset, extract))
        return
    context = multiprocessing.get_context('spawn')
    queue = context.SimpleQueue()
    workers = min(workers, len(todo))
    for rank in range(workers):
        queue.put(devices[rank % len(devices)])
    threads = max(1, torch.get_num_threads() // workers)
    with ProcessPoolExecutor(
            workers, context, _start_worker,
            (plan, make_dataset, make_extract, queue, threads)) as pool:
        futures = [pool.submit(_work, index) for index in todo]
        try:
            _collect(futures, progress)
        except BaseException:
            # Shards that have begun are finished: nothing is lost.
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _collect(futures: Sequence[Future], progress: Progress) -> None:
    try:
        for future in as_completed(futures):
            progress(future.result())
    except BrokenProcessPool as error:
        raise RuntimeError(
            'a worker process died (out of memory?). Finished shards are '
            'kept: run the same command again, with fewer workers or a '
            'smaller batch_size') from error


_worker: dict[str, Any] = {}


def _start_worker(plan: ShardPlan, make_dataset: Callable[[], SampleDataset],
                  make_extract: Callable[[str], Extract],
                  devices: SimpleQueue, threads: int) -> None:
    """Prepare a process; data set and network are made by its first task.

    (An error in a task reaches the caller, one in here does not.)
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    _worker.update(plan=plan, make_dataset=make_dataset,
                   make_extract=make_extract, device=devices.get())


def _die_with_parent() -> None:
    """A killed build must not leave processes that wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(index: int) -> int:
    """Build one shard in a worker process."""
    if 'extract' not in _worker:
        _worker['dataset'] = _worker['make_dataset']()
        _worker['extract'] = _worker['make_extract'](_worker['device'])
    return build_shard(_worker['plan'], index, _worker['dataset'],
                       _worker['extract'])


class Progress:
    """Report images done, rate, time left and the bank's expected size.

    Args:
        plan: The plan.
        todo: Shards that are to be built.
        report: Takes the lines, at most one in two seconds.
    """

    def __init__(self, plan: ShardPlan, todo: Sequence[int],
                 report: Report) -> None:
        self.report = report
        self.total = plan.stamp['images']
        self.shards, self.shard_images = plan.count, plan.stamp['shard_images']
        self.pace = Pace(len(todo), every=2, first_apart=True)
        self.bytes = 0

    def __call__(self, size: int) -> None:
        """Note a finished shard of ``size`` bytes."""
        self.bytes += size
        pace = self.pace
        if not pace.step() and pace.done < pace.total:
            return
        finished = self.shards - pace.total + pace.done
        self.report(
            f'{min(finished * self.shard_images, self.total)}/{self.total} '
            f'images, {pace.rate * self.shard_images:.1f} images/s, '
            f'{duration(pace.left)} left, bank of about '
            + readable_size(self.bytes / pace.done * self.shards))
