# docs/studies.png, from studies/*.csv
set terminal pngcairo size 1150,1230 font "sans,10"
set output "studies.png"
set datafile separator ","
set multiplot layout 3,2
set grid
set format x "%g"
set ylabel "best test accuracy, %"
set yrange [50:96]
noise(net, beta) = "< grep '^".net.",".beta.",' studies/noise.csv"
x(v) = v > 0 ? v : 1e-6
set logscale x
set xlabel "noise of a held state, of full scale (left: none)"
set key left bottom
set title "64x3: noise against beta"
plot for [b in "0.001 0.01 0.03 0.1 0.2"] noise("64x3", b) using (x($3)):(100 * $5) with linespoints pt 7 title "beta ".b
set title "beta 0.1: noise against depth"
plot for [n in "64x2 64x3 64x5"] noise(n, "0.1") using (x($3)):(100 * $5) with linespoints pt 7 title n
unset logscale x
set title "64x5: bits of the ADCs against beta"
set xlabel "bits"
set xrange [2.5:8.5]
plot for [b in "0.001 0.01 0.1"] "< grep '^64x5,".b.",' studies/bits.csv" using 3:(100 * $5) with linespoints pt 7 title "beta ".b
set title "64x3, beta 0.1: devices against mismatch of the neurons"
set xlabel "spread of offsets, of full scale"
set xrange [-0.01:0.21]
set yrange [87:95]
set key right center
plot for [d in "ideal ecram rpu-target capacitor reram-sb reram-es"] "< grep '^,".d.",' studies/devices.csv" \
     using 3:(100 * $5) with linespoints pt 7 title d
set key left bottom
set logscale x
set xrange [5e-7:1e-3]
set yrange [35:96]
set xlabel "noise of a held state, of full scale (left: none)"
lead(t, d, beta, bits) = "< grep '^64x10,".bits.",".t.",".d.",".beta.",' studies/lead.csv"
do for [beta in "0.1 0.01"] {
  set title "64x10, beta ".beta.": what scaling and what residual connections bring"
  plot lead("layered", "plain", beta, "0") using (x($6)):(100 * $8) with linespoints pt 6 lc rgb "#c4501b" dt 2 title "layered, plain", \
       lead("layered", "layer-scaled", beta, "0") using (x($6)):(100 * $8) with linespoints pt 7 lc rgb "#c4501b" title "layered, layer-scaled", \
       lead("layered", "layer-scaled", beta, "8") using (x($6)):(100 * $8) with linespoints pt 5 lc rgb "#d9a400" title "layered, layer-scaled, 8 bits", \
       lead("residual", "plain", beta, "0") using (x($6)):(100 * $8) with linespoints pt 6 lc rgb "#1f5fa8" dt 2 title "residual, plain", \
       lead("residual", "layer-scaled", beta, "0") using (x($6)):(100 * $8) with linespoints pt 7 lc rgb "#1f5fa8" title "residual, layer-scaled"
}
unset multiplot
