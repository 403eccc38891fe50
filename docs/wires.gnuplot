# docs/wires.png, from tb_wire_resistance.csv in the current folder
set terminal pngcairo size 900,560 font "sans,11"
set output "wires.png"
set datafile separator ","
set logscale xy
set xlabel "resistance of a segment, ohm"
set ylabel "share of the last column's current that is lost"
set key left top
set grid
set xrange [0.08:12]
set yrange [1e-4:2]
plot for [n in "16 32 64 128"] "< grep ^".n.", tb_wire_resistance.csv" using 2:3 with points pt 7 ps 1.2 title n." x ".n, \
     for [n in "16 32 64 128"] "< grep ^".n.", tb_wire_resistance.csv" using 2:4 with lines dt 2 lc rgb "#888888" notitle
