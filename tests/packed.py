"""What an archive tells of the machine that it was made on."""

import zipfile
from pathlib import Path

import netCDF4

from ikmeanfield.checkout import checkout


def paths_within(archive, folder):
    """Members of an archive that name a folder, the checkout or the home directory.

    Datasets are opened, since what they hold may be compressed; everything else is searched as it
    is. A path too short to be told from other words is not searched for.
    """
    places = {str(folder), str(Path(folder).resolve()), str(checkout()), str(Path.home())}
    telling = {place for place in places if len(place) > len("/home/")}
    assert telling
    with zipfile.ZipFile(archive) as file:
        texts = {name: _text(name, file.read(name)) for name in file.namelist()}
    return [name for name, text in texts.items() if any(place in text for place in telling)]


def _text(name, content):
    if not name.endswith(".nc"):
        return content.decode("utf-8", "replace")
    with netCDF4.Dataset("in memory", memory=content) as data:
        return "\n".join(_told(data))


def _told(group):
    """Names, attributes and texts of a group and of all groups below."""
    for holder in (group, *group.variables.values()):
        yield from (f"{name} {holder.getncattr(name)}" for name in holder.ncattrs())
    for name, variable in group.variables.items():
        yield name
        if variable.dtype is str:
            yield from map(str, variable[:].flat)
    for below in group.groups.values():
        yield from _told(below)
