"""The sheet a picture is painted on: masks in design units, softened cheaply, and one way to lay colour on."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .geometry import Point, Pose, ellipse
from .palette import RGB

Mask = Image.Image
OVERSAMPLE = 2


def both(first: Mask, second: Mask) -> Mask:
    """What lies in the two masks."""
    return ImageChops.multiply(first, second)


def either(first: Mask, *others: Mask) -> Mask:
    """What lies in any of the masks."""
    united = first
    for mask in others:
        united = ImageChops.lighter(united, mask)
    return united


def outside(mask: Mask) -> Mask:
    """What does not lie in the mask."""
    return ImageChops.invert(mask)


def faded(mask: Mask, strength: float) -> Mask:
    """The mask at a part of its strength."""
    return mask.point([int(value * strength) for value in range(256)])


def softened(mask: Mask, radius: float) -> Mask:
    """The mask blurred by a radius in pixels, at a lower resolution where that cannot be seen."""
    box = mask.getbbox()
    if box is None or radius <= 0:
        return mask
    reach = int(radius * 3) + 2
    left, top = max(0, box[0] - reach), max(0, box[1] - reach)
    right, bottom = min(mask.width, box[2] + reach), min(mask.height, box[3] + reach)
    part = mask.crop((left, top, right, bottom))
    factor = max(1, int(radius / 3))
    if factor == 1:
        part = part.filter(ImageFilter.GaussianBlur(radius))
    else:
        small = part.reduce(factor).filter(ImageFilter.GaussianBlur(radius / factor))
        part = small.resize(part.size, Image.Resampling.BICUBIC)
    result = Image.new("L", mask.size, 0)
    result.paste(part, (left, top))
    return result


class Canvas:
    """A picture in the making: a hundred units high, `width` units wide, `height` pixels high when finished."""

    def __init__(self, height: int, width: float = 100.0) -> None:
        self.unit = height * OVERSAMPLE / 100
        self.left = (width - 100.0) / 2
        self.finished_size = (round(height * width / 100), height)
        self.size = (self.finished_size[0] * OVERSAMPLE, self.finished_size[1] * OVERSAMPLE)
        self.image = Image.new("RGB", self.size, (255, 255, 255))
        self.pose = Pose()

    def place(self, points: Sequence[Point]) -> list[Point]:
        """Points in pixels, after the pose."""
        a, b, c, d, e, f = self.pose.matrix()
        unit, left = self.unit, self.left
        return [((a * x + b * y + c + left) * unit, (d * x + e * y + f) * unit) for x, y in points]

    def empty(self) -> Mask:
        """A mask that covers nothing."""
        return Image.new("L", self.size, 0)

    def shape(self, points: Sequence[Point], blur: float = 0.0) -> Mask:
        """The inside of an outline, its edge softened by `blur` units."""
        mask = self.empty()
        ImageDraw.Draw(mask).polygon(self.place(points), fill=255)
        return softened(mask, blur * self.unit * self.pose.scale)

    def shapes(self, outlines: Sequence[Sequence[Point]], blur: float = 0.0) -> Mask:
        """The inside of several outlines at once."""
        mask = self.empty()
        pen = ImageDraw.Draw(mask)
        for points in outlines:
            pen.polygon(self.place(points), fill=255)
        return softened(mask, blur * self.unit * self.pose.scale)

    def disc(self, cx: float, cy: float, rx: float, ry: float, blur: float = 0.0, *, turn: float = 0.0) -> Mask:
        """An ellipse."""
        return self.shape(ellipse(cx, cy, rx, ry, turn=turn), blur)

    def pair(self, dx: float, cy: float, rx: float, ry: float, blur: float = 0.0, *, turn: float = 0.0) -> Mask:
        """Two ellipses, as far left of the middle line as right of it."""
        right, left = ellipse(50 + dx, cy, rx, ry, turn=turn), ellipse(50 - dx, cy, rx, ry, turn=-turn)
        return self.shapes([right, left], blur)

    def moved(self, mask: Mask, dx: float, dy: float) -> Mask:
        """The mask moved by units of the picture; what leaves the sheet is lost."""
        result = self.empty()
        result.paste(mask, (int(dx * self.unit), int(dy * self.unit)))
        return result

    def paint(self, colour: RGB, mask: Mask, strength: float = 1.0) -> None:
        """Lays a colour on where the mask is."""
        box = mask.getbbox()
        if box is None:
            return
        part = mask.crop(box)
        if strength < 1.0:
            part = faded(part, strength)
        self.image.paste(colour, box, part)

    def line(self, points: Sequence[Point], colour: RGB, width: float) -> None:
        """A line of a width in units, with round joints."""
        pen = ImageDraw.Draw(self.image)
        pen.line(self.place(points), fill=colour, width=max(1, round(width * self.unit)), joint="curve")

    def colour_at(self, point: Point) -> RGB:
        """The colour painted at a point."""
        x, y = self.place([point])[0]
        column = min(max(int(x), 0), self.size[0] - 1)
        row = min(max(int(y), 0), self.size[1] - 1)
        pixel = self.image.crop((column, row, column + 1, row + 1)).tobytes()
        return pixel[0], pixel[1], pixel[2]

    def finish(self) -> Image.Image:
        """The picture at its own size."""
        return self.image.resize(self.finished_size, Image.Resampling.LANCZOS)
