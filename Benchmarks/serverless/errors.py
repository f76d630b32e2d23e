"""What can go wrong, by kind. Each message names the option or the file, and what to do."""


class StudyError(Exception):
    """An error that whoever runs this can mend; it is shown without a traceback."""


class MissingTool(StudyError):
    """A program that is not installed."""


class WrongInput(StudyError):
    """An option or a file that is not what it must be."""


class OtherStudy(StudyError):
    """An output folder that holds the results of something else."""


class RunFailed(StudyError):
    """A run that gave no results."""
