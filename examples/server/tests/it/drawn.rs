//! Numbers drawn into pictures, and read out of them again as a person would: by their shapes, wherever they stand.

use codesight_storage::image::Pixels;

/// The digits in cells of three by five, row by row.
const SHAPES: [[u8; 5]; 10] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
];
/// Pixels of a cell's side, and from one digit to the next.
const CELL: usize = 4;
const ADVANCE: usize = 4 * CELL;
/// Brightness below which a pixel is ink.
const INK: u8 = 128;
/// Fewer digits are no number.
const SHORTEST: usize = 5;

/// A white page.
pub(crate) fn page(width: u32, height: u32) -> (u32, u32, Vec<u8>) {
    (width, height, vec![255; width as usize * height as usize * 3])
}

/// Draws a number in black; its box is 16 pixels wide for each digit and 20 high.
pub(crate) fn draw((width, _, samples): &mut (u32, u32, Vec<u8>), left: usize, top: usize, number: &str) {
    for (place, digit) in number.bytes().enumerate() {
        for (row, line) in SHAPES[usize::from(digit - b'0')].iter().enumerate() {
            for column in (0..3).filter(|column| line & (0b100 >> column) != 0) {
                for pixel in 0..CELL * CELL {
                    let x = left + place * ADVANCE + column * CELL + pixel % CELL;
                    let y = top + row * CELL + pixel / CELL;
                    let at = (y * *width as usize + x) * 3;
                    samples[at..at + 3].fill(0);
                }
            }
        }
    }
}

/// Every number that can be read in a picture.
pub(crate) fn read(pixels: &Pixels) -> Vec<String> {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let is_ink = |x: usize, y: usize| pixels.samples()[(y * width + x) * pixels.channels()] < INK;
    let digit_at = |x: usize, y: usize| {
        if x + 3 * CELL > width || y + 5 * CELL > height {
            return None;
        }
        let line = |row: usize| {
            let cell = |column: usize| is_ink(x + column * CELL + CELL / 2, y + row * CELL + CELL / 2);
            (0..3).fold(0, |line, column| line << 1 | u8::from(cell(column)))
        };
        let shape = [line(0), line(1), line(2), line(3), line(4)];
        SHAPES.iter().position(|known| *known == shape)
    };
    let mut numbers = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let digits = (0..).map_while(|place| digit_at(x + place * ADVANCE, y));
            let number: String = digits.map(|digit| digit.to_string()).collect();
            if number.len() >= SHORTEST {
                numbers.push(number);
            }
        }
    }
    numbers
}
