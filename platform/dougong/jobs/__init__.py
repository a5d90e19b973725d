"""Background work: jobs that are enqueued with the change that causes them, and workers that run them."""

from dougong.jobs.queue import cancel, enqueue, retry
from dougong.jobs.running import Cancelled, Job, LostLease
from dougong.jobs.tasks import Task, Tasks
from dougong.jobs.worker import Worker

__all__ = ["Cancelled", "Job", "LostLease", "Task", "Tasks", "Worker", "cancel", "enqueue", "retry"]
